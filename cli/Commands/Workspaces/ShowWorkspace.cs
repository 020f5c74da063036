using System.CommandLine;

namespace MlopsPlane.Cli.Commands.Workspaces;

/// <summary><c>plane workspaces show</c></summary>
internal static class ShowWorkspace
{
    public static Command Build()
    {
        var name = WorkspaceCommands.NameArgument();
        return Verb.Of("show", "Show one workspace.", [name], async call => call.Screen.Entry(
            (await call.Client.GetAsync(WorkspaceCommands.PathOf(call.Get(name)), call.Ct)).GetProperty("workspace"), WorkspaceCommands.Columns));
    }
}
