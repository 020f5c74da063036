using System.Net.ServerSentEvents;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Metrics;

public sealed class TailOnSqlite(AllInOneOnSqlite plane) : TailTests(plane);

public sealed class TailOnPostgres(AllInOneOnPostgres plane) : TailTests(plane);

public abstract class TailTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_tail_sends_each_value_once_from_its_beginning_on_and_ends_with_the_run()
    {
        var run = await client.NewRunAsync();
        await LogAsync(run, "m", 0, 10);
        await using var stream = await client.Http.GetStreamAsync($"/api/v1/tracking/runs/{run}/metrics/tail");
        var events = ReadAsync(stream);
        await LogAsync(run, "m", 1, 10);
        await LogAsync(run, "m", 0, 10);
        await LogAsync(run, "other", 5, 3);
        await Task.Delay(700);
        await LogAsync(run, "m", 2, 11);
        await client.PostAsync("runs/update", new { run_id = run, status = "FINISHED" });
        Assert.Equal(["m/1", "m/2", "other/5"], (await events).Where(item => item.Type == "metric").Select(item => item.Text).Order(StringComparer.Ordinal));
        Assert.Equal(["RUNNING", "FINISHED"], (await events).Where(item => item.Type == "status").Select(item => item.Text));
    }

    [Fact]
    public async Task A_tail_can_begin_at_the_start_and_follow_some_metrics_only()
    {
        var run = await client.NewRunAsync();
        await LogAsync(run, "m", 0, 10);
        await LogAsync(run, "other", 5, 3);
        await client.PostAsync("runs/update", new { run_id = run, status = "KILLED" });
        await using var stream = await client.Http.GetStreamAsync($"/api/v1/tracking/runs/{run}/metrics/tail?fromStart=true&metric=m");
        Assert.Equal(["heartbeat", "metric", "status"], (await ReadAsync(stream)).Select(item => item.Type));
        await client.TrackingRefusedAsync("runs/nope/metrics/tail", 404, "run_not_found");
    }

    [Fact]
    public async Task A_tail_from_the_start_sends_a_long_history_whole_though_all_its_values_have_one_timestamp()
    {
        var run = await client.NewRunAsync();
        for (var start = 0; start < 11_000; start += 1000)
            await client.PostAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(start, 1000).Select(i => new { key = "m", value = -i, timestamp = 7, step = i / 6000 }),
            });
        await client.PostAsync("runs/update", new { run_id = run, status = "FINISHED" });
        await using var stream = await client.Http.GetStreamAsync($"/api/v1/tracking/runs/{run}/metrics/tail?fromStart=true");
        var sent = (await ReadAsync(stream)).Where(item => item.Type == "metric").Select(item => item.Text).ToList();
        Assert.Equal((11_000, 11_000), (sent.Count, sent.Distinct().Count()));
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<JsonElement> LogAsync(string run, string key, int value, int timestamp) =>
        client.PostAsync("runs/log-metric", new { run_id = run, key, value, timestamp });

    private static async Task<List<(string Type, string Text)>> ReadAsync(Stream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var events = new List<(string, string)>();
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            using var data = JsonDocument.Parse(item.Data);
            var root = data.RootElement;
            events.Add((item.EventType, item.EventType == "metric"
                ? $"{root.GetProperty("metric").GetString()}/{root.GetProperty("value")}"
                : root.GetProperty("status").GetString() ?? ""));
        }

        return events;
    }
}
