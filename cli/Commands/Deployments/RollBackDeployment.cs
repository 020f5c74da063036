using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments rollback</c></summary>
internal static class RollBackDeployment
{
    public static Command Build()
    {
        var name = DeploymentCommands.NameArgument();
        var variant = new Option<string?>("--variant") { Description = "Only this variant.", HelpName = "NAME" };
        var version = new Option<int?>("--to") { Description = "This version instead of the one before; needs --variant.", HelpName = "VERSION" };
        var expect = new Option<long?>("--expect") { Description = "Only if the deployment has this generation.", HelpName = "GENERATION" };
        var reason = new Option<string?>("--reason") { Description = "Why; the events keep it.", HelpName = "TEXT" };
        return Verb.Of("rollback", "Serve the version before again.", [name, variant, version, expect, reason], async call =>
        {
            var path = Query.Of($"{DeploymentCommands.PathOf(call.Get(name))}/rollback", ("expectedGeneration", call.Get(expect)?.ToString(CultureInfo.InvariantCulture)));
            var now = await call.Client.PostAsync(path,
                new JsonObject { ["variant"] = call.Get(variant), ["version"] = call.Get(version), ["reason"] = call.Get(reason) }, call.Ct);
            var serves = now.Items("targets").Where(target => target.Flag("rolledBack")).Select(target => $"{target.Text("variant")} is back at version {target.Text("version")}");
            call.Done($"{string.Join(", ", serves)}.", now);
        });
    }
}
