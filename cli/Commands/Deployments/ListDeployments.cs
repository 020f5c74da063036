using System.CommandLine;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments list</c></summary>
internal static class ListDeployments
{
    public static Command Build()
    {
        var pool = new Option<string?>("--pool") { Description = "Only those of this pool.", HelpName = "NAME" };
        var model = new Option<string?>("--model") { Description = "Only those that serve this registered model.", HelpName = "NAME" };
        var phase = new Option<string?>("--phase") { Description = "Only those in this phase." };
        phase.AcceptOnlyFromAmong("Pending", "Progressing", "Ready", "Degraded", "Failed", "Suspended");
        var listing = new Listing();
        return Verb.Of("list", "List deployments by name.", [pool, model, phase, .. listing.Options], call => listing.ShowAsync(call,
            Pages.Of(call.Client, Query.Of(DeploymentCommands.Path, ("pool", call.Get(pool)), ("model", call.Get(model)), ("state", call.Get(phase)))),
            "deployments", DeploymentCommands.Columns));
    }
}
