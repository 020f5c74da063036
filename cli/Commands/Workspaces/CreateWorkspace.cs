using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Workspaces;

/// <summary><c>plane workspaces create</c></summary>
internal static class CreateWorkspace
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "Name of the workspace." };
        var description = new Option<string?>("--description") { Description = "What it is for.", HelpName = "TEXT" };
        var root = new Option<string?>("--artifact-root") { Description = "Where its artifacts lie, when not in the server's own store.", HelpName = "URI" };
        return Verb.Of("create", "Make a workspace.", [name, description, root], async call =>
        {
            var body = new JsonObject { ["name"] = call.Get(name) };
            if (call.Has(description))
                body["description"] = call.Get(description);
            if (call.Has(root))
                body["default_artifact_root"] = call.Get(root);
            var made = await call.Client.PostAsync(WorkspaceCommands.Path, body, call.Ct);
            call.Done($"Workspace '{call.Get(name)}' is made.", made.GetProperty("workspace"));
        });
    }
}
