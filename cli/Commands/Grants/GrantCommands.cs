using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Grants;

internal static class GrantCommands
{
    public const string Path = "api/v1/access/grants";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("ID", "id"), Column.Of("SUBJECT", "subject"), Column.Of("WORKSPACE", "workspace"), new("GIVES", Gives), Column.Of("NAMES", "name"),
        Column.Time("CREATED", "createdAt"), Column.Of("BY", "createdBy"),
    ];

    public static Command Build() => Verb.Group("grants", "Who was given what, and where.", ListGrants.Build(), AddGrant.Build(), RemoveGrant.Build());

    /// <summary>The role, or the rule without its names.</summary>
    public static string Gives(JsonElement grant) => grant.Text("role") is { } role
        ? $"role {role}"
        : $"{(grant.Text("effect") == "deny" ? "deny:" : "")}{grant.Text("verbs")?.Replace(", ", ",", StringComparison.Ordinal)}:{grant.Text("kind")}";
}
