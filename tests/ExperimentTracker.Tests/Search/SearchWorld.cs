using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Datasets;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Search;

/// <summary>A fresh workspace with one experiment, whose rows a test writes directly and searches over HTTP.</summary>
internal sealed class SearchWorld : IDisposable
{
    private readonly PlaneFixture plane;

    private SearchWorld(PlaneFixture plane, HttpClient client) => (this.plane, Client) = (plane, client);

    public HttpClient Client { get; }

    public string ExperimentId { get; private set; } = "";

    public static async Task<SearchWorld> CreateAsync(PlaneFixture plane)
    {
        var world = new SearchWorld(plane, plane.NewClient(PlaneFixture.FreshWorkspace()));
        world.ExperimentId = await world.AddExperimentAsync("searched");
        return world;
    }

    public async Task<string> AddExperimentAsync(string name, params (string Key, string Value)[] tags)
    {
        var body = new { name, tags = tags.Select(tag => new { key = tag.Key, value = tag.Value }) };
        var answer = await PostAsync("experiments/create", body);
        return answer.GetProperty("experiment_id").GetString()!;
    }

    /// <summary>Adds a run; <paramref name="id"/> is also its id, so that a test names what it expects.</summary>
    public async Task AddRunAsync(
        string id, long start = 0, long? end = null, string status = "RUNNING", string? name = null, string stage = Lifecycle.Active,
        (string Key, double Value)[]? metrics = null, (string Key, string Value)[]? parameters = null, (string Key, string Value)[]? tags = null,
        (string Name, string Digest, string Context)[]? datasets = null, string? experimentId = null)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TrackerDb>();
        var experiment = await ExperimentAsync(db, experimentId ?? ExperimentId);
        var run = new Run
        {
            WorkspaceId = experiment.WorkspaceId, RunId = id, ExperimentKey = experiment.ExperimentKey, Name = name ?? id, UserId = "u", Status = status,
            StartTime = start, EndTime = end, ArtifactUri = $"mlflow-artifacts:/{experiment.ExperimentId}/{id}/artifacts", LifecycleStage = stage,
        };
        db.Add(run);
        await db.SaveChangesAsync();
        db.AddRange((metrics ?? []).Select(metric => new LatestMetric
        {
            RunKey = run.RunKey, ExperimentKey = run.ExperimentKey, Key = metric.Key, IsNan = double.IsNaN(metric.Value),
            Value = double.IsNaN(metric.Value) ? 0 : Math.Clamp(metric.Value, double.MinValue, double.MaxValue),
        }));
        db.AddRange((parameters ?? []).Select(param => new Param { RunKey = run.RunKey, ExperimentKey = run.ExperimentKey, Key = param.Key, Value = param.Value }));
        db.AddRange((tags ?? []).Append(("mlflow.runName", run.Name)).Select(tag => new RunTag { RunKey = run.RunKey, ExperimentKey = run.ExperimentKey, Key = tag.Item1, Value = tag.Item2 }));
        await db.SaveChangesAsync();
        foreach (var (datasetName, digest, context) in datasets ?? [])
            await AddDatasetAsync(db, run, datasetName, digest, context);
    }

    /// <summary>Ids of the runs that a filter finds in the world's experiment, in the answer's order, with commas between.</summary>
    public async Task<string> RunsAsync(string? filter = null, string[]? orderBy = null, string view = "ACTIVE_ONLY") =>
        string.Join(',', RunIds(await PostAsync("runs/search", new { experiment_ids = new[] { ExperimentId }, filter, order_by = orderBy, run_view_type = view })));

    public static string[] RunIds(JsonElement answer) => answer.TryGetProperty("runs", out var runs)
        ? [.. runs.EnumerateArray().Select(run => run.GetProperty("info").GetProperty("run_id").GetString()!)]
        : [];

    public static string[] Names(JsonElement answer) => answer.TryGetProperty("experiments", out var experiments)
        ? [.. experiments.EnumerateArray().Select(experiment => experiment.GetProperty("name").GetString()!)]
        : [];

    /// <summary>Posts to MLflow's API and expects success.</summary>
    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var response = await Client.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Posts to MLflow's API, expects a refusal of a parameter and returns its message.</summary>
    public async Task<string> RefusedAsync(string path, object body)
    {
        using var response = await Client.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("INVALID_PARAMETER_VALUE", answer.GetProperty("error_code").GetString());
        return answer.GetProperty("message").GetString()!;
    }

    public void Dispose() => Client.Dispose();

    private async Task<Experiment> ExperimentAsync(TrackerDb db, string experimentId)
    {
        var workspace = Client.DefaultRequestHeaders.GetValues("X-MLFLOW-WORKSPACE").Single();
        var workspaceId = await plane.Services.GetRequiredService<WorkspaceProjection<TrackerDb>>().ResolveAsync(workspace, CancellationToken.None);
        var id = long.Parse(experimentId);
        return await db.Set<Experiment>().SingleAsync(row => row.WorkspaceId == workspaceId && row.ExperimentId == id);
    }

    private static async Task AddDatasetAsync(TrackerDb db, Run run, string name, string digest, string context)
    {
        var dataset = await db.Set<Dataset>().SingleOrDefaultAsync(row => row.ExperimentKey == run.ExperimentKey && row.Name == name && row.Digest == digest);
        if (dataset is null)
        {
            dataset = new Dataset { ExperimentKey = run.ExperimentKey, Name = name, Digest = digest, SourceType = "local", Source = "s" };
            db.Add(dataset);
            await db.SaveChangesAsync();
        }

        var input = new DatasetInput { RunKey = run.RunKey, DatasetKey = dataset.DatasetKey };
        db.Add(input);
        await db.SaveChangesAsync();
        db.Add(new InputTag { InputKey = input.InputKey, Key = "mlflow.data.context", Value = context });
        await db.SaveChangesAsync();
    }
}
