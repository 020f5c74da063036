using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments unload</c> and <c>plane deployments load</c></summary>
internal static class SwitchDeployment
{
    public static Command Unload() => Build("unload", "Take the deployment out of every replica's memory until it is loaded again.", "is unloaded");

    public static Command Load() => Build("load", "Load what was unloaded, and wait until it answers.", "is loaded");

    private static Command Build(string verb, string what, string done)
    {
        var name = DeploymentCommands.NameArgument();
        return Verb.Of(verb, what, [name], async call =>
        {
            await call.Client.PostAsync($"v2/repository/models/{Query.Part(call.Get(name))}/{verb}", new JsonObject(), call.Ct);
            call.Done($"'{call.Get(name)}' {done}.", await call.Client.GetAsync(DeploymentCommands.PathOf(call.Get(name)), call.Ct));
        });
    }
}
