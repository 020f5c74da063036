using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Workspaces;

/// <summary><c>plane workspaces list</c></summary>
internal static class ListWorkspaces
{
    public static Command Build()
    {
        var listing = new Listing();
        return Verb.Of("list", "List the workspaces that you may enter.", listing.Options,
            call => listing.ShowAsync(call, (_, _, ct) => call.Client.GetAsync(WorkspaceCommands.Path, ct), "workspaces", WorkspaceCommands.Columns));
    }
}
