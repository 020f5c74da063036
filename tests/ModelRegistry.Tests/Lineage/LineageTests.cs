using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ModelRegistry.Tests.Lineage;

public sealed class LineageOnSqlite(AllInOneOnSqlite plane) : LineageTests(plane);

public sealed class LineageOnPostgres(AllInOneOnPostgres plane) : LineageTests(plane);

public abstract class LineageTests(PlaneFixture plane) : IDisposable
{
    private readonly RegistryClient registry = RegistryClient.In(plane);

    [Fact]
    public async Task A_version_is_traced_over_its_run_to_its_datasets_and_back()
    {
        var runId = await RunAsync(0.91);
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", $"mlflow-artifacts:/1/{runId}/artifacts/model", runId);
        await registry.CreateVersionAsync("m", "s3://elsewhere/model");
        var running = await UntilAsync(lineage => lineage.GetProperty("run").GetProperty("status").GetString() == "RUNNING");
        Assert.Equal(0.91, running.GetProperty("run").GetProperty("metrics").GetProperty("accuracy").GetDouble());
        await registry.PostAsync("/runs/log-metric", new { run_id = runId, key = "accuracy", value = 0.95, timestamp = 2, step = 1 });
        await registry.PostAsync("/runs/update", new { run_id = runId, status = "FINISHED", end_time = 5 });
        var finished = await UntilAsync(lineage => lineage.GetProperty("run").GetProperty("status").GetString() == "FINISHED");
        Assert.Equal(0.95, finished.GetProperty("run").GetProperty("metrics").GetProperty("accuracy").GetDouble());
        var dataset = finished.GetProperty("datasets")[0];
        Assert.Equal(("iris", "abc1"), (dataset.GetProperty("name").GetString(), dataset.GetProperty("digest").GetString()));

        Assert.Equal(["m/1"], await DescendantsAsync($"runId={runId}"));
        Assert.Equal(["m/1"], await DescendantsAsync("dataset=iris&digest=abc1"));
        Assert.Empty(await DescendantsAsync("dataset=iris&digest=zzz"));
        Assert.Equal([1], await FoundAsync(">=", 0.95));
        Assert.Empty(await FoundAsync(">", 0.95));
        Assert.Equal(JsonValueKind.Null, (await registry.GetAsync("/api/v1/registry/models/m/versions/2/lineage")).GetProperty("run").ValueKind);
    }

    [Fact]
    public async Task A_run_that_ended_before_its_model_was_registered_is_known_as_well()
    {
        var runId = await RunAsync(0.5);
        await registry.PostAsync("/runs/update", new { run_id = runId, status = "FAILED", end_time = 5 });
        await registry.CreateModelAsync("m");
        await registry.CreateVersionAsync("m", "s3://bucket/model", runId);
        var lineage = await UntilAsync(answer => answer.GetProperty("run").GetProperty("status").GetString() is not null);
        Assert.Equal("FAILED", lineage.GetProperty("run").GetProperty("status").GetString());
        Assert.Equal([1], await FoundAsync("<", 0.6));
    }

    public void Dispose()
    {
        registry.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string> RunAsync(double accuracy)
    {
        var experiment = (await registry.PostAsync("/experiments/create", new { name = "e" })).GetProperty("experiment_id").GetString();
        var run = (await registry.PostAsync("/runs/create", new { experiment_id = experiment, start_time = 1 })).GetProperty("run");
        var runId = run.GetProperty("info").GetProperty("run_id").GetString()!;
        await registry.PostAsync("/runs/log-metric", new { run_id = runId, key = "accuracy", value = accuracy, timestamp = 1 });
        await registry.PostAsync("/runs/log-inputs", new
        {
            run_id = runId,
            datasets = new[] { new { dataset = new { name = "iris", digest = "abc1", source_type = "local", source = "{}" } } },
        });
        return runId;
    }

    private async Task<JsonElement> UntilAsync(Func<JsonElement, bool> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var lineage = await registry.GetAsync("/api/v1/registry/models/m/versions/1/lineage");
            if (reached(lineage))
                return lineage;
            await Task.Delay(50, patience.Token);
        }
    }

    private async Task<string[]> DescendantsAsync(string query) =>
        [.. (await registry.GetAsync("/api/v1/registry/lineage?" + query)).GetProperty("versions").EnumerateArray().Select(version => $"{version.GetProperty("model")}/{version.GetProperty("version")}")];

    private async Task<IEnumerable<int>> FoundAsync(string op, double value) =>
        (await registry.PostAsync("/api/v1/registry/versions/search", new { metrics = new[] { new { key = "accuracy", op, value } } }))
            .GetProperty("versions").EnumerateArray().Select(version => version.GetProperty("version").GetInt32()).ToList();
}
