using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Transfer;
using MlopsPlane.Cli.Import.Verify;

namespace MlopsPlane.Cli.Import;

/// <summary>Says what an import would do, and writes nothing.</summary>
internal sealed class DryRun(ISource source, Destination destination, ImportOptions options, ImportProgress progress)
{
    private const int MaxEntries = 1000;
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly JsonArray names = [];
    private readonly JsonArray ids = [];
    private readonly JsonArray unreachable = [];

    public async Task<JsonObject> RunAsync(CancellationToken ct)
    {
        progress.Phase("dry run");
        await foreach (var experiment in source.ExperimentsAsync(options.DeletedToo, ct))
        {
            if (!options.TakesExperiment(experiment.Name))
                continue;
            Count("experiments");
            await ExperimentAsync(experiment, ct);
            await foreach (var run in source.RunsAsync(experiment.Id, options.DeletedToo, ct))
            {
                if (run.StartTime >= options.Since)
                    await RunAsync(run, ct);
            }

            await foreach (var model in source.LoggedModelsAsync(experiment.Id, ct))
            {
                Count("logged models");
                await FilesAsync(model.Artifacts, $"logged model {model.Id}", ct);
            }
        }

        await foreach (var model in source.ModelsAsync(ct))
        {
            if (options.TakesModel(model.Name))
                await ModelAsync(model, ct);
        }

        return new JsonObject
        {
            ["counts"] = new JsonObject(counts.Select(count => KeyValuePair.Create(count.Key, (JsonNode?)count.Value))),
            ["namesTaken"] = names, ["idsTaken"] = ids, ["unreachableArtifacts"] = unreachable,
        };
    }

    private async Task ExperimentAsync(SourceExperiment experiment, CancellationToken ct)
    {
        var named = await TryAsync(() => destination.Wire.GetAsync(Query.Of(MlflowSource.Api + "experiments/get-by-name", ("experiment_name", experiment.Name)), ct));
        if (named is { } found && MlflowJson.Experiment(found.GetProperty("experiment")) is var other && experiment.Id != SourceExperiment.DefaultId && !IsOurs(other.Tags, experiment.Id))
            Note(names, $"experiment {experiment.Name}");
        if (experiment.Id != SourceExperiment.DefaultId && await destination.Reader.FindExperimentAsync(experiment.Id, ct) is { } same && !IsOurs(same.Tags, experiment.Id))
            Note(ids, $"experiment {experiment.Id}");
    }

    private async Task RunAsync(SourceRun run, CancellationToken ct)
    {
        Count("runs");
        Count("metrics", run.MetricKeys.Count);
        Count("params", run.Params.Count);
        progress.Run();
        if (await destination.Reader.FindRunAsync(run.Id, ct) is { } same && !IsOurs(same.Tags, run.Id))
            Note(ids, $"run {run.Id}");
        await FilesAsync(run.Artifacts, $"run {run.Id}", ct);
    }

    private async Task FilesAsync(ArtifactOwner owner, string what, CancellationToken ct)
    {
        if (!options.Artifacts)
            return;
        try
        {
            await foreach (var file in source.FilesAsync(owner, ct))
            {
                Count("artifacts");
                Count("artifact bytes", file.Size ?? 0);
            }
        }
        catch (SourceException why)
        {
            Note(unreachable, $"{what}: {why.Message}");
        }
    }

    private async Task ModelAsync(SourceModel model, CancellationToken ct)
    {
        Count("registered models");
        Count("versions", (await source.VersionsAsync(model.Name, ct)).Count);
        Count("aliases", model.Aliases.Count);
        if (await MlflowRegistry.FindModelAsync(destination.Wire, model.Name, ct) is { } same && !IsOurs(same.Tags, model.Name))
            Note(names, $"registered model {model.Name}");
    }

    private bool IsOurs(SortedDictionary<string, string> tags, string id) => tags.GetValueOrDefault(Canonical.OriginTag) == $"{source.Identity} {id}";

    private void Count(string what, long more = 1) => counts[what] = counts.GetValueOrDefault(what) + more;

    private static void Note(JsonArray list, string what)
    {
        if (list.Count < MaxEntries)
            list.Add(what);
    }

    private static async Task<System.Text.Json.JsonElement?> TryAsync(Func<Task<System.Text.Json.JsonElement>> ask)
    {
        try
        {
            return await ask();
        }
        catch (RefusedException missing) when (missing.Error.Status == 404)
        {
            return null;
        }
    }
}
