using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Commands.Experiments;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Runs;

/// <summary><c>plane runs search</c></summary>
internal static class SearchRuns
{
    /// <summary>Experiments that are searched when none is named.</summary>
    private const int MaxExperiments = 1000;

    public static Command Build()
    {
        var experiments = new Option<string[]>("--experiment", "-e") { Description = "In this experiment, by name or id; may be repeated. In all of the workspace when absent.", HelpName = "NAME" };
        experiments.CompletionSources.Add(Names.Experiments);
        var filter = new Option<string?>("--filter") { Description = "MLflow's filter, such as \"metrics.auc > 0.9 AND params.lr = '0.1'\".", HelpName = "FILTER" };
        var order = new Option<string[]>("--order-by") { Description = "Such as \"metrics.auc DESC\"; may be repeated. Newest first when absent.", HelpName = "ORDER" };
        var deleted = new Option<bool>("--deleted") { Description = "Deleted ones instead." };
        var listing = new Listing();
        return Verb.Of("search", "Search runs.", [experiments, filter, order, deleted, .. listing.Options], async call =>
        {
            var ids = await IdsAsync(call, call.Get(experiments)!);
            var request = new JsonObject
            {
                ["experiment_ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]),
                ["filter"] = call.Get(filter),
                ["run_view_type"] = call.Get(deleted) ? "DELETED_ONLY" : "ACTIVE_ONLY",
                ["order_by"] = new JsonArray([.. call.Get(order)!.Select(by => (JsonNode)by)]),
            };
            await listing.ShowAsync(call, Pages.OfMlflow(call.Client, $"{RunCommands.Mlflow}/runs/search", request), "runs", RunCommands.Columns);
        });
    }

    private static async Task<List<string>> IdsAsync(Call call, string[] named)
    {
        var ids = new List<string>();
        foreach (var experiment in named)
            ids.Add((await ExperimentCommands.FindAsync(call.Client, experiment, call.Ct)).Text("experiment_id")!);
        if (named.Length > 0)
            return ids;
        var all = await Pages.ReadAsync(Pages.OfMlflow(call.Client, $"{RunCommands.Mlflow}/experiments/search", []), "experiments", MaxExperiments, call.Ct);
        if (all.More)
            call.Screen.Message($"Only the first {MaxExperiments} experiments are searched; --experiment names others.");
        return [.. all.Entries.Select(experiment => experiment.Text("experiment_id")!)];
    }
}
