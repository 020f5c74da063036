using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.EndToEnd.Tests.Faults;

/// <summary>What an acknowledged write is worth: the process is killed under sixteen writers, again and again.</summary>
public sealed class KillTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-kill-");
    private PostgresServer? server;

    private static int Rounds => Soak.IsOn ? 10 : 2;

    [Theory]
    [InlineData(DatabaseProvider.Sqlite)]
    [InlineData(DatabaseProvider.Postgres)]
    public async Task A_process_killed_under_writers_loses_nothing_that_it_acknowledged(DatabaseProvider provider)
    {
        var arguments = await ArgumentsAsync(provider);
        for (var round = 0; round < Rounds; round++)
        {
            Writers writers;
            string experiment;
            using (var plane = await PlaneProcess.StartAsync(folder.FullName, arguments))
            {
                writers = new Writers(plane.Address, $"{round}");
                experiment = await CreateAsync(plane.Http, round, writers.Model);
                using var stop = new CancellationTokenSource(Bound);
                var writing = writers.RunAsync(experiment, stop.Token);
                // Each round dies at another depth of work.
                while (writers.Acknowledged < 150 + (round * 97) && !writing.IsCompleted)
                    await Task.Delay(1, stop.Token);
                plane.Kill();
                await writing;
                Assert.True(writers.Acknowledged >= 150, $"the writers ended after {writers.Acknowledged} writes");
            }

            using var again = await PlaneProcess.StartAsync(folder.FullName, arguments);
            await AssertNothingLostAsync(again.Http, writers);
            await AssertNothingHalfAppliedAsync(again.Http, experiment);
            await AssertEventsHandledAsync(again.Http, writers);
            Assert.Equal(0, await again.StopAsync());
        }
    }

    public async ValueTask DisposeAsync()
    {
        folder.Delete(recursive: true);
        if (server is not null)
            await server.DisposeAsync();
    }

    private static async Task<string> CreateAsync(HttpClient http, int round, string model)
    {
        using var made = await http.PostAsJsonAsync("/api/2.0/mlflow/registered-models/create", new { name = model });
        made.EnsureSuccessStatusCode();
        using var experiment = await http.PostAsJsonAsync("/api/2.0/mlflow/experiments/create", new { name = $"round-{round}" });
        return (await experiment.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("experiment_id").GetString()!;
    }

    private static async Task AssertNothingLostAsync(HttpClient http, Writers writers)
    {
        Assert.NotEmpty(writers.Batches);
        foreach (var run in writers.Runs)
        {
            var data = await RunAsync(http, run);
            foreach (var (_, step) in writers.Batches.Where(batch => batch.Run == run))
                Assert.Contains($"p{step}", Keys(data, "params"));
            if (writers.Finished.Contains(run))
                Assert.Equal("FINISHED", data.GetProperty("info").GetProperty("status").GetString());
        }

        foreach (var (version, run) in writers.Versions)
        {
            var found = await http.GetFromJsonAsync<JsonElement>($"/api/2.0/mlflow/model-versions/get?name={writers.Model}&version={version}");
            Assert.Equal(run, found.GetProperty("model_version").GetProperty("run_id").GetString());
        }
    }

    private static async Task AssertNothingHalfAppliedAsync(HttpClient http, string experiment)
    {
        using var response = await http.PostAsJsonAsync("/api/2.0/mlflow/runs/search", new { experiment_ids = new[] { experiment }, max_results = 50000 });
        var found = await response.Content.ReadFromJsonAsync<JsonElement>();
        foreach (var run in found.GetProperty("runs").EnumerateArray())
        {
            var data = run.GetProperty("data");
            var steps = Keys(run, "params").Count(key => key.StartsWith('p'));
            Assert.Equal(steps, Keys(run, "tags").Count(key => key is ['t', _]));
            var metrics = data.TryGetProperty("metrics", out var latest) ? latest.EnumerateArray().ToList() : [];
            Assert.Equal(steps == 0 ? 0 : Writers.BatchSize, metrics.Count);
            Assert.All(metrics, metric => Assert.Equal(steps - 1, metric.GetProperty("step").GetInt32()));
        }
    }

    private static async Task AssertEventsHandledAsync(HttpClient http, Writers writers)
    {
        using var bound = new CancellationTokenSource(Bound);
        while ((await http.GetFromJsonAsync<JsonElement>("/api/v1/events/outbox", bound.Token)).EnumerateArray().Any(outbox => outbox.GetProperty("waiting").GetInt32() > 0))
            await Task.Delay(20, bound.Token);
        foreach (var outbox in (await http.GetFromJsonAsync<JsonElement>("/api/v1/events/outbox", bound.Token)).EnumerateArray())
        {
            Assert.Equal(0, outbox.GetProperty("parked").GetInt32());
            Assert.Equal(0, outbox.GetProperty("gaps").GetInt32());
        }

        foreach (var (version, run) in writers.Versions)
        {
            var registrations = await http.GetFromJsonAsync<JsonElement>($"/api/v1/tracking/runs/{run}/registrations", bound.Token);
            Assert.Single(registrations.GetProperty("registrations").EnumerateArray(),
                one => one.GetProperty("version").GetInt32() == version && one.GetProperty("model").GetString() == writers.Model);
        }
    }

    private static async Task<JsonElement> RunAsync(HttpClient http, string run) =>
        (await http.GetFromJsonAsync<JsonElement>($"/api/2.0/mlflow/runs/get?run_id={run}")).GetProperty("run");

    private static List<string> Keys(JsonElement run, string kind) =>
        run.GetProperty("data").TryGetProperty(kind, out var items) ? [.. items.EnumerateArray().Select(item => item.GetProperty("key").GetString()!)] : [];

    private async Task<string[]> ArgumentsAsync(DatabaseProvider provider)
    {
        if (provider == DatabaseProvider.Sqlite)
            return [];
        // A server of its own with fsync on; the shared one trades durability for speed.
        server = await PostgresServer.StartAsync(durable: true);
        if (server is null)
            Require.Missing("PostgreSQL's server binaries.");
        return PlaneProcess.OnPostgres(await server!.CreateDatabasesAsync("kill", "access", "tracker", "registry"));
    }
}
