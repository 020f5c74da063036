using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments show</c></summary>
internal static class ShowDeployment
{
    public static Command Build()
    {
        var name = DeploymentCommands.NameArgument();
        return Verb.Of("show", "Show a deployment; JSON has its whole spec.", [name], async call => call.Screen.Entry(
            await call.Client.GetAsync(DeploymentCommands.PathOf(call.Get(name)), call.Ct),
            [.. DeploymentCommands.Columns, Column.Time("CREATED", "createdAt"), Column.Of("CREATED BY", "createdBy")]));
    }
}
