using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Workspaces;

/// <summary><c>plane workspaces update</c></summary>
internal static class UpdateWorkspace
{
    public static Command Build()
    {
        var name = WorkspaceCommands.NameArgument();
        var description = new Option<string?>("--description") { Description = "What it is for.", HelpName = "TEXT" };
        var root = new Option<string?>("--artifact-root") { Description = "Where new artifacts lie; empty for the server's own store.", HelpName = "URI" };
        return Verb.Of("update", "Change what is named of a workspace.", [name, description, root], async call =>
        {
            var body = new JsonObject();
            if (call.Has(description))
                body["description"] = call.Get(description);
            if (call.Has(root))
                body["default_artifact_root"] = call.Get(root);
            if (body.Count == 0)
                throw CliException.Usage("Nothing is to be changed: one of --description and --artifact-root must be given.");
            var changed = await call.Client.SendAsync(HttpMethod.Patch, WorkspaceCommands.PathOf(call.Get(name)), body, call.Ct);
            call.Done($"Workspace '{call.Get(name)}' is changed.", changed.GetProperty("workspace"));
        });
    }
}
