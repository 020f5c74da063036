using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;
using MlopsPlane.Cli.Settings;

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
        ListKeys.Build(), ShowKey.Build(), CreateKey.Build(), RevokeKey.Build());

    public static Argument<string> KeyArgument() => new("key") { Description = "Id of the key, or its prefix plane_…" };

    /// <summary>Refuses a key where its id is asked for: it must not get into addresses and logs.</summary>
    /// <exception cref="CliException">It is a key.</exception>
    public static void CheckId(string key)
    {
        if (Target.LooksLikeKey(key))
            throw CliException.Usage(
                $"That is a whole key and no id: its first {Target.KeyPrefix} characters are enough.", $"Others could see it: plane keys revoke {key[..Target.KeyPrefix]}, and make another one.");
    }

    /// <summary>The key of an id or prefix.</summary>
    /// <exception cref="CliException">There is none, as far as the caller may see.</exception>
    public static async Task<JsonElement> FindAsync(PlaneClient client, string key, CancellationToken ct)
    {
        CheckId(key);
        var found = await Pages.ReadAsync(
            Pages.Of(client, Query.Of(Path, ("revoked", "true"))), "keys", limit: 2, ct, entry => entry.Text("id") == key || entry.Text("prefix") == key);
        return found.Entries.Count > 0 ? found.Entries[0] : throw new CliException(ExitCodes.Failed, "key_not_found", $"There is no key '{key}' that you may see.");
    }
}
