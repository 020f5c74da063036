using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments delete</c></summary>
internal static class DeleteDeployment
{
    public static Command Build()
    {
        var name = DeploymentCommands.NameArgument();
        var expect = new Option<long?>("--expect") { Description = "Only if the deployment has this generation.", HelpName = "GENERATION" };
        var confirmation = new Confirmation();
        return Verb.Of("delete", "Stop serving a deployment; its models stay registered.", [name, expect, .. confirmation.Options], async call =>
        {
            var path = DeploymentCommands.PathOf(call.Get(name));
            await call.Client.GetAsync(path, call.Ct);
            if (!await confirmation.AskAsync(call, $"stop serving '{call.Get(name)}'"))
                return;
            await call.Client.SendAsync(HttpMethod.Delete, Query.Of(path, ("expectedGeneration", call.Get(expect)?.ToString(CultureInfo.InvariantCulture))), null, call.Ct);
            call.Done($"'{call.Get(name)}' is deleted.", new JsonObject { ["deleted"] = call.Get(name) });
        });
    }
}
