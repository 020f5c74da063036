using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments retry</c></summary>
internal static class RetryDeployment
{
    public static Command Build()
    {
        var name = DeploymentCommands.NameArgument();
        var reason = new Option<string?>("--reason") { Description = "Why; the events keep it.", HelpName = "TEXT" };
        return Verb.Of("retry", "Try again what could not be loaded, and what is in quarantine.", [name, reason], async call =>
        {
            var now = await call.Client.PostAsync($"{DeploymentCommands.PathOf(call.Get(name))}/retry", new JsonObject { ["reason"] = call.Get(reason) }, call.Ct);
            call.Done($"'{call.Get(name)}' is tried again.", now);
        });
    }
}
