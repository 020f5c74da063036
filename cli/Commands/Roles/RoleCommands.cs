using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Roles;

internal static class RoleCommands
{
    public const string Path = "api/v1/access/roles";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("NAME", "name"), Column.Of("DESCRIPTION", "description"), Column.Of("BUILT IN", "builtIn"),
        new("RULES", role => string.Join("; ", role.Items("rules").Select(RuleText.Of))),
    ];

    public static Command Build() => Verb.Group("roles", "Named sets of rules that grants give.",
        ListRoles.Build(), ShowRole.Build(), SetRole.Build(), DeleteRole.Build());

    /// <exception cref="CliException">There is no such role.</exception>
    public static async Task<JsonElement> FindAsync(PlaneClient client, string name, CancellationToken ct)
    {
        var found = await Pages.ReadAsync(Pages.Of(client, Path), "roles", limit: 1, ct, role => role.Text("name") == name);
        return found.Entries.Count > 0 ? found.Entries[0] : throw new CliException(ExitCodes.Failed, "role_not_found", $"There is no role '{name}'.", "plane roles list shows those that there are.");
    }
}
