using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>Another MLflow server over REST, of version 1, 2 or 3; the plane's own side is read back through it as well.</summary>
internal sealed class MlflowSource(Wire wire, string identity) : ISource
{
    /// <summary>Below the server's address.</summary>
    public const string Api = "api/2.0/mlflow/";

    private const int ExperimentPage = 1000;
    /// <summary>Runs that are listed, and found by their ids, at once.</summary>
    public const int MaxRunPage = 100;
    private const int HistoryPage = 25_000;
    private const int MaxHistory = 5_000_000;
    private readonly MlflowArtifacts artifacts = new(wire);
    private readonly BulkHistories bulk = new();

    public string Identity => identity;

    public async IAsyncEnumerable<SourceExperiment> ExperimentsAsync(bool deletedToo, [EnumeratorCancellation] CancellationToken ct)
    {
        var list = Pages(token => SearchExperimentsAsync(token, deletedToo, ct), "experiments");
        await foreach (var experiment in list.WithCancellation(ct))
            yield return MlflowJson.Experiment(experiment);
    }

    public async IAsyncEnumerable<SourceRun> RunsAsync(string experimentId, bool deletedToo, [EnumeratorCancellation] CancellationToken ct)
    {
        string? token = null;
        do
        {
            var answer = await wire.PostAsync(Api + "runs/search", new JsonObject
            {
                ["experiment_ids"] = new JsonArray(experimentId), ["max_results"] = MaxRunPage, ["page_token"] = token,
                ["run_view_type"] = deletedToo ? "ALL" : "ACTIVE_ONLY", ["order_by"] = new JsonArray("attributes.start_time ASC"),
            }, ct);
            var page = Page(answer);
            foreach (var run in page)
                yield return run;
            token = answer.Text("next_page_token") is { Length: > 0 } next && next != token && page.Count > 0 ? next : null;
        }
        while (token is not null);
    }

    /// <summary>Runs of one experiment by their ids, at most a page of them.</summary>
    public async Task<List<SourceRun>> FindRunsAsync(string experimentId, IReadOnlyCollection<string> ids, CancellationToken ct) => Page(await wire.PostAsync(Api + "runs/search", new JsonObject
    {
        ["experiment_ids"] = new JsonArray(experimentId), ["max_results"] = MaxRunPage, ["run_view_type"] = "ALL",
        ["filter"] = $"attributes.run_id IN ({string.Join(", ", ids.Select(id => $"'{id}'"))})",
    }, ct));

    public async Task<SourceRun?> FindRunAsync(string runId, CancellationToken ct) =>
        await TryGetAsync(Query.Of(Api + "runs/get", ("run_id", runId), ("run_uuid", runId)), ct) is { } found ? MlflowJson.Run(found.At("run") ?? default) : null;

    /// <summary>An experiment of any stage; null when there is none.</summary>
    public async Task<SourceExperiment?> FindExperimentAsync(string id, CancellationToken ct) =>
        await TryGetAsync(Query.Of(Api + "experiments/get", ("experiment_id", id)), ct) is { } found ? MlflowJson.Experiment(found.At("experiment") ?? default) : null;

    public async Task<SourceLoggedModel?> FindLoggedModelAsync(string id, CancellationToken ct) =>
        await TryGetAsync($"{Api}logged-models/{Uri.EscapeDataString(id)}", ct) is { } found ? MlflowJson.LoggedModel(found.At("model") ?? default) : null;

    public async Task<List<HistoryPoint>> HistoryAsync(SourceRun run, string key, CancellationToken ct)
    {
        if (run.Page is { } page && await page.TakeAsync(run.Id, key, ct) is { } together)
            return Histories.Distinct(together);
        var points = new List<HistoryPoint>();
        // Servers before 2.x know no pages here and answer with everything.
        var list = Pages(token => wire.GetAsync(Query.Of(Api + "metrics/get-history", ("run_id", run.Id), ("run_uuid", run.Id), ("metric_key", key),
            ("max_results", HistoryPage.ToString(CultureInfo.InvariantCulture)), ("page_token", token)), ct), "metrics");
        await foreach (var point in list.WithCancellation(ct))
        {
            points.Add(MlflowJson.Point(point));
            if (points.Count > MaxHistory)
                throw new SourceException($"The history of '{key}' has more than {MaxHistory} points.");
        }

        return Histories.Distinct(points);
    }

    public IAsyncEnumerable<SourceFile> FilesAsync(ArtifactOwner owner, CancellationToken ct) => artifacts.FilesAsync(owner, ct);

    public Task<Stream> OpenAsync(ArtifactOwner owner, string path, CancellationToken ct) => artifacts.OpenAsync(owner, path, ct);

    public IAsyncEnumerable<SourceModel> ModelsAsync(CancellationToken ct) => MlflowRegistry.ModelsAsync(wire, ct);

    public Task<List<SourceVersion>> VersionsAsync(string model, CancellationToken ct) => MlflowRegistry.VersionsAsync(wire, model, ct);

    public async IAsyncEnumerable<SourceLoggedModel> LoggedModelsAsync(string experimentId, [EnumeratorCancellation] CancellationToken ct)
    {
        var list = Pages(async token =>
        {
            try
            {
                var asked = new JsonObject { ["experiment_ids"] = new JsonArray(experimentId), ["max_results"] = 50 };
                if (token is not null)
                    asked["page_token"] = token;
                return await wire.PostAsync(Api + "logged-models/search", asked, ct);
            }
            catch (RefusedException unknown) when (unknown.Error.Status is 404 or 405)
            {
                // A server before 3.x.
                return default;
            }
        }, "models");
        await foreach (var model in list.WithCancellation(ct))
            yield return MlflowJson.LoggedModel(model);
    }

    public void Dispose() => wire.Dispose();

    /// <summary>Reads a list page by page; a server that goes round in circles does not hold its caller.</summary>
    internal static async IAsyncEnumerable<JsonElement> Pages(Func<string?, Task<JsonElement>> page, string array)
    {
        string? token = null;
        do
        {
            var answer = await page(token);
            foreach (var item in answer.Items(array))
                yield return item;
            var next = answer.Text("next_page_token");
            token = next is { Length: > 0 } && next != token && answer.Items(array).Any() ? next : null;
        }
        while (token is not null);
    }

    private List<SourceRun> Page(JsonElement answer)
    {
        var page = new RunPage(wire, bulk);
        var runs = answer.Items("runs").Select(run => MlflowJson.Run(run) with { Page = page }).ToList();
        runs.ForEach(page.Add);
        return runs;
    }

    private async Task<JsonElement> SearchExperimentsAsync(string? token, bool deletedToo, CancellationToken ct)
    {
        var view = deletedToo ? "ALL" : "ACTIVE_ONLY";
        try
        {
            return await wire.PostAsync(Api + "experiments/search", new JsonObject
            {
                ["max_results"] = ExperimentPage, ["page_token"] = token, ["view_type"] = view,
            }, ct);
        }
        catch (RefusedException unknown) when (unknown.Error.Status is 404 or 405)
        {
            return await wire.GetAsync(Query.Of(Api + "experiments/list", ("view_type", view), ("max_results", $"{ExperimentPage}"), ("page_token", token)), ct);
        }
    }

    private async Task<JsonElement?> TryGetAsync(string path, CancellationToken ct)
    {
        try
        {
            return await wire.GetAsync(path, ct);
        }
        catch (RefusedException missing) when (missing.Error.Status == 404)
        {
            return null;
        }
    }
}
