using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Experiments;

/// <summary><c>plane experiments list</c></summary>
internal static class ListExperiments
{
    public static Command Build()
    {
        var filter = new Option<string?>("--filter") { Description = "MLflow's filter, such as \"name LIKE 'churn%'\".", HelpName = "FILTER" };
        var deleted = new Option<bool>("--deleted") { Description = "Deleted ones instead." };
        var listing = new Listing();
        return Verb.Of("list", "List experiments, newest change first.", [filter, deleted, .. listing.Options], call => listing.ShowAsync(call, Pages.OfMlflow(
            call.Client, $"{ExperimentCommands.Mlflow}/experiments/search", new JsonObject
            {
                ["filter"] = call.Get(filter), ["view_type"] = call.Get(deleted) ? "DELETED_ONLY" : "ACTIVE_ONLY", ["order_by"] = new JsonArray("last_update_time DESC"),
            }), "experiments", ExperimentCommands.Columns));
    }
}
