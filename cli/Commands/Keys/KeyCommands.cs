using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Keys;

internal static class KeyCommands
{
    public const string Path = "api/v1/access/keys";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("ID", "id"), Column.Of("PREFIX", "prefix"), Column.Of("OWNER", "owner"), Column.Of("DESCRIPTION", "description"),
        Column.Time("CREATED", "createdAt"), Column.Time("EXPIRES", "expiresAt"), Column.Time("LAST USED", "lastUsedAt"), Column.Time("REVOKED", "revokedAt"),
    ];

    public static Command Build() => Verb.Group("keys", "API keys: your own, or everybody's for an administrator.",
        ListKeys.Build());
}
