using System.Net;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Commands.Workspaces;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Doctor;

/// <summary>The workspace: there, and open to this key.</summary>
internal static class WorkspaceCheck
{
    private const string Name = "workspace";
    private const string ServersDefault = "default";

    public static async Task<IReadOnlyList<Finding>> RunAsync(Call call, Sighting seen, CancellationToken ct)
    {
        var workspace = call.Target.Workspace ?? ServersDefault;
        var answer = await call.Client.AskAsync(WorkspaceCommands.PathOf(workspace), ct);
        var there = answer.Status switch
        {
            HttpStatusCode.NotFound => Finding.Warning(Name, $"there is no workspace '{workspace}'", $"plane workspaces create {Settings.Shell.Quote(workspace)} makes it; plane workspaces list shows the others."),
            HttpStatusCode.Forbidden => Finding.Failed(Name, $"your key may not enter '{workspace}'", "Ask an administrator for a grant, or choose another one: plane workspaces list."),
            _ when answer.IsSuccess => Finding.Ok(Name, $"'{workspace}' is there"),
            _ => Finding.Failed(Name, $"'{workspace}': {ErrorReader.Read(answer.Status, null, System.Text.Encoding.UTF8.GetBytes(answer.Body)).Message}", "plane workspaces list shows which there are."),
        };
        return there.State == State.Failed ? [there] : [there, Permissions(seen, workspace)];
    }

    private static Finding Permissions(Sighting seen, string workspace)
    {
        var rules = seen.WhoAmI.Json()!.Value.Items("rules").Where(rule => Matches(rule.Text("workspace") ?? "", workspace)).ToList();
        return rules.Exists(rule => rule.Text("effect") == "allow")
            ? Finding.Ok("permissions", $"in '{workspace}': {string.Join("; ", rules.Select(Roles.RuleText.Of))}")
            : Finding.Warning("permissions", $"you may do nothing in '{workspace}'", "Ask an administrator: plane grants add.");
    }

    /// <summary>Whether a pattern, in which <c>*</c> stands for any text, covers a name.</summary>
    internal static bool Matches(string pattern, string name) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(Literal(pattern), name, ignoreCase: false);

    /// <summary>The other characters that the matcher knows stand for themselves here.</summary>
    private static string Literal(string pattern) => pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);
}
