using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Workspaces;

/// <summary><c>plane workspaces delete</c></summary>
internal static class DeleteWorkspace
{
    public static Command Build()
    {
        var name = WorkspaceCommands.NameArgument();
        var mode = new Option<string>("--contents")
        {
            Description = "What becomes of its contents: refuse unless it is empty, delete them, or move them to the workspace default.", DefaultValueFactory = _ => "refuse",
        };
        mode.AcceptOnlyFromAmong("refuse", "delete", "move");
        var confirmation = new Confirmation();
        return Verb.Of("delete", "Delete a workspace.", [name, mode, .. confirmation.Options], async call =>
        {
            // An unknown name is told before anybody is asked about it.
            await call.Client.GetAsync(WorkspaceCommands.PathOf(call.Get(name)), call.Ct);
            var (parameter, contents) = call.Get(mode) switch
            {
                "delete" => ("CASCADE", "with everything in it"),
                "move" => ("SET_DEFAULT", "and move what is in it to the workspace 'default'"),
                _ => ("RESTRICT", "if it is empty"),
            };
            if (!await confirmation.AskAsync(call, $"delete workspace '{call.Get(name)}' {contents}"))
                return;
            await call.Client.SendAsync(HttpMethod.Delete, Query.Of(WorkspaceCommands.PathOf(call.Get(name)), ("mode", parameter)), null, call.Ct);
            call.Done($"Workspace '{call.Get(name)}' is deleted.", new JsonObject { ["deleted"] = call.Get(name) });
        });
    }
}
