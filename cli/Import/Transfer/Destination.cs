using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>The plane that is imported into: its import's endpoints and, for the rest, MLflow's.</summary>
internal sealed class Destination(Wire wire, string source) : IDisposable
{
    private const string Tracking = "api/v1/tracking/import/";
    private const string Registry = "api/v1/registry/import/";

    /// <summary>Reads back what is there.</summary>
    public MlflowSource Reader { get; } = new(wire, source);

    public Wire Wire => wire;

    /// <returns>Null when another experiment has the name.</returns>
    public async Task<JsonElement?> ImportExperimentAsync(SourceExperiment experiment, string name, CancellationToken ct) => await TryAsync(() => SendAsync(Tracking + "experiments", new JsonObject
    {
        ["source"] = source, ["experimentId"] = experiment.Id, ["name"] = name, ["creationTime"] = experiment.CreationTime,
        ["lastUpdateTime"] = experiment.LastUpdateTime, ["lifecycleStage"] = experiment.Stage, ["tags"] = Map(experiment.Tags),
    }, ct), "experiment_name_taken");

    /// <returns>The run's id and artifact root here.</returns>
    public async Task<ImportedRun> ImportRunAsync(SourceRun run, string experimentId, IReadOnlyDictionary<string, string> tags, CancellationToken ct)
    {
        var answer = await SendAsync(Tracking + "runs", new JsonObject
        {
            ["source"] = source, ["runId"] = run.Id, ["experimentId"] = experimentId, ["name"] = run.Name, ["userId"] = run.UserId,
            ["startTime"] = run.StartTime, ["tags"] = Map(tags),
        }, ct);
        return Imported(answer);
    }

    public Task CompleteRunAsync(SourceRun run, CancellationToken ct) => SendAsync($"{Tracking}runs/{Query.Part(run.Id)}/complete", new JsonObject
    {
        ["source"] = source, ["status"] = run.Status, ["endTime"] = run.EndTime, ["lifecycleStage"] = run.Stage,
    }, ct);

    /// <summary>What became of a run of the source; null when it was not imported.</summary>
    public async Task<ImportedRun?> FindRunAsync(string runId, CancellationToken ct)
    {
        try
        {
            var answer = await wire.GetAsync(Query.Of($"{Tracking}runs/{Query.Part(runId)}", ("source", source)), ct);
            return Imported(answer);
        }
        catch (RefusedException missing) when (missing.Error.Status is 400 or 404)
        {
            return null;
        }
    }

    public async Task<(string Id, string ArtifactUri)> ImportLoggedModelAsync(SourceLoggedModel model, string experimentId, CancellationToken ct)
    {
        var answer = await SendAsync(Tracking + "logged-models", new JsonObject
        {
            ["source"] = source, ["modelId"] = model.Id, ["experimentId"] = experimentId, ["name"] = model.Name, ["modelType"] = model.ModelType,
            ["sourceRunId"] = model.RunId, ["status"] = model.Status, ["statusMessage"] = model.StatusMessage, ["creationTime"] = model.CreationTime,
            ["lastUpdateTime"] = model.LastUpdateTime, ["params"] = Map(model.Params), ["tags"] = Map(model.Tags),
        }, ct);
        return (answer.Text("modelId")!, answer.Text("artifactUri")!);
    }

    /// <returns>Null when another model has the name.</returns>
    public async Task<JsonElement?> ImportModelAsync(SourceModel model, string name, CancellationToken ct) => await TryAsync(() => SendAsync(Registry + "models", new JsonObject
    {
        ["source"] = source, ["sourceName"] = model.Name, ["name"] = name, ["description"] = model.Description,
        ["creationTimestamp"] = model.CreationTime, ["lastUpdatedTimestamp"] = model.LastUpdateTime, ["tags"] = Map(model.Tags),
    }, ct), "model_name_taken");

    public Task ImportVersionAsync(string sourceName, string name, SourceVersion version, CancellationToken ct) => SendAsync(Registry + "versions", new JsonObject
    {
        ["source"] = source, ["sourceName"] = sourceName, ["model"] = name, ["version"] = version.Version, ["location"] = version.Location,
        ["runId"] = version.RunId, ["modelId"] = version.ModelId, ["runLink"] = version.RunLink, ["description"] = version.Description,
        ["stage"] = version.Stage, ["creationTimestamp"] = version.CreationTime, ["lastUpdatedTimestamp"] = version.LastUpdateTime, ["tags"] = Map(version.Tags),
    }, ct);

    public Task ImportAliasesAsync(string sourceName, string name, IEnumerable<KeyValuePair<string, int>> aliases, CancellationToken ct) => SendAsync(Registry + "aliases", new JsonObject
    {
        ["source"] = source, ["sourceName"] = sourceName, ["model"] = name,
        ["aliases"] = new JsonObject(aliases.Select(alias => KeyValuePair.Create(alias.Key, (JsonNode?)alias.Value))),
    }, ct);

    /// <summary>One of MLflow's own writes.</summary>
    public Task MlflowAsync(string path, ReadOnlyMemory<byte> body, CancellationToken ct) => GuardedAsync(() => wire.PostAsync(MlflowSource.Api + path, body, ct));

    /// <inheritdoc cref="MlflowAsync(string, ReadOnlyMemory{byte}, CancellationToken)"/>
    public Task MlflowAsync(string path, JsonNode body, CancellationToken ct) => GuardedAsync(() => wire.PostAsync(MlflowSource.Api + path, body, ct));

    public void Dispose() => Reader.Dispose();

    private static ImportedRun Imported(JsonElement answer) =>
        new(answer.Text("runId")!, answer.Text("experimentId")!, answer.Text("artifactUri")!);

    private static JsonObject Map(IReadOnlyDictionary<string, string> pairs) =>
        new(pairs.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private static async Task<JsonElement?> TryAsync(Func<Task<JsonElement>> send, string taken)
    {
        try
        {
            return await send();
        }
        catch (RefusedException refused) when (refused.Error.Code == taken)
        {
            return null;
        }
    }

    private Task<JsonElement> SendAsync(string path, JsonObject body, CancellationToken ct) => GuardedAsync(() => wire.PostAsync(path, body, ct));

    /// <summary>A refusal that meets every further request as well ends the import.</summary>
    private static async Task<JsonElement> GuardedAsync(Func<Task<JsonElement>> send)
    {
        try
        {
            return await send();
        }
        catch (RefusedException refused) when (refused.Error.Status is 401 or 403)
        {
            throw ErrorReader.ToException(refused.Error, keyShown: true);
        }
    }
}

/// <summary>A run at the destination.</summary>
internal sealed record ImportedRun(string Id, string ExperimentId, string ArtifactUri);
