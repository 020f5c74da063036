using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Workspaces;

internal static class WorkspaceCommands
{
    public const string Path = "api/3.0/mlflow/workspaces";

    public static IReadOnlyList<Column> Columns { get; } =
        [Column.Of("NAME", "name"), Column.Of("DESCRIPTION", "description"), Column.Of("ARTIFACTS", "default_artifact_root")];

    public static Command Build() => Verb.Group("workspaces", "Workspaces, which keep teams apart.",
        ListWorkspaces.Build(), ShowWorkspace.Build(), CreateWorkspace.Build(), UpdateWorkspace.Build(), DeleteWorkspace.Build());

    public static Argument<string> NameArgument() => new Argument<string>("name") { Description = "Name of the workspace." }.Completing(Names.Workspaces);

    public static string PathOf(string name) => $"{Path}/{Query.Part(name)}";
}
