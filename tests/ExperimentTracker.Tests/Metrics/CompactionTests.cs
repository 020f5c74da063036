using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Metrics;

public sealed class CompactionOnSqlite(AllInOneOnSqlite plane) : CompactionTests(plane);

public sealed class CompactionOnPostgres(AllInOneOnPostgres plane) : CompactionTests(plane);

public abstract class CompactionTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task Charts_of_a_run_that_ended_come_from_chunks_and_show_what_they_showed_before()
    {
        var run = await client.NewRunAsync();
        await LogAsync(run, "a", 0, 3000);
        await LogAsync(run, "b", 0, 100);
        var before = await ChartsAsync(run);
        await client.PostAsync("runs/update", new { run_id = run, status = "FINISHED" });
        await Until.TrueAsync(async () => (await ChunksAsync(run)).Sum(chunk => chunk.Count) == 3000);
        Assert.Equal([1024, 1024, 952], (await ChunksAsync(run)).Select(chunk => chunk.Count));
        Assert.Equal(before, await ChartsAsync(run));
    }

    [Fact]
    public async Task Points_after_the_chunks_are_shown_at_once_and_join_them_later()
    {
        var run = await CompactedAsync(1500);
        await LogAsync(run, "a", 1500, 700);
        Assert.Equal(2200, await CountAsync(run));
        Assert.Equal([1024, 476], (await ChunksAsync(run)).Select(chunk => chunk.Count));
        await CompactAsync(run);
        Assert.Equal([1024, 1024, 152], (await ChunksAsync(run)).Select(chunk => chunk.Count));
        Assert.Equal(2200, await CountAsync(run));
    }

    [Fact]
    public async Task A_point_that_comes_late_makes_the_chunks_from_its_place_on_void()
    {
        var run = await CompactedAsync(3000);
        await LogAsync(run, "a", 1200, 1, value: 1e9);
        Assert.Equal(3001, await CountAsync(run));
        Assert.Equal(1e9, await GreatestAsync(run));
        await CompactAsync(run);
        Assert.Equal(3001, (await ChunksAsync(run)).Sum(chunk => chunk.Count));
        Assert.Equal((3001, 1e9), (await CountAsync(run), await GreatestAsync(run)));
        // The same point again changes nothing.
        await LogAsync(run, "a", 1200, 1, value: 1e9);
        await CompactAsync(run);
        Assert.Equal(3001, await CountAsync(run));
    }

    [Fact]
    public async Task Points_of_one_time_and_step_stay_in_one_chunk()
    {
        var run = await client.NewRunAsync();
        await LogAsync(run, "a", 0, 1000);
        await client.PostAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = Enumerable.Range(0, 100).Select(i => new { key = "a", value = 5000 + i, timestamp = Time(1000), step = 1000 }),
        });
        await LogAsync(run, "a", 1001, 10);
        await CompactAsync(run);
        Assert.Equal([1100, 10], (await ChunksAsync(run)).Select(chunk => chunk.Count));
        Assert.Equal(1110, await CountAsync(run));
    }

    [Fact]
    public async Task Nothing_is_lost_or_shown_twice_while_writers_and_compaction_meet()
    {
        var run = await client.NewRunAsync();
        using var stop = new CancellationTokenSource();
        var compaction = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await CompactAsync(run);
        }, TestContext.Current.CancellationToken);
        // Four writers whose points interleave in time, so that most of them come late for a chunk.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async writer =>
        {
            for (var batch = 0; batch < 10; batch++)
                await client.PostAsync("runs/log-batch", new
                {
                    run_id = run,
                    metrics = Enumerable.Range(batch * 150, 150).Select(i => new { key = "a", value = i, timestamp = Time((i * 4) + writer), step = (i * 4) + writer }),
                });
        }));
        await stop.CancelAsync();
        await compaction;
        Assert.Equal(6000, await CountAsync(run));
        await CompactAsync(run);
        Assert.Equal(6000, await CountAsync(run));
        Assert.Equal(6000, (await ChunksAsync(run)).Sum(chunk => chunk.Count));
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private static long Time(long step) => 1_700_000_000_000 + (step * 10);

    private async Task<string> CompactedAsync(int points)
    {
        var run = await client.NewRunAsync();
        await LogAsync(run, "a", 0, points);
        await CompactAsync(run);
        return run;
    }

    private async Task LogAsync(string run, string key, int first, int count, double? value = null)
    {
        foreach (var part in Enumerable.Range(first, count).Chunk(1000))
            await client.PostAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = part.Select(i => new { key, value = value ?? (i % 7 == 3 ? (object)"NaN" : Math.Sin(i)), timestamp = Time(i), step = i }),
            });
    }

    private async Task<string[]> ChartsAsync(string run) =>
    [
        (await client.TrackingAsync($"runs/{run}/histories?metric=a&metric=b&buckets=7")).Answer.GetRawText(),
        (await client.TrackingAsync($"runs/{run}/histories?metric=b&metric=a&buckets=2000")).Answer.GetRawText(),
        (await client.GetAsync($"metrics/get-history-bulk-interval?run_ids={run}&metric_key=a&max_results=100")).GetRawText(),
        (await client.GetAsync($"metrics/get-history-bulk-interval?run_ids={run}&metric_key=b&max_results=1000&start_step=10&end_step=20")).GetRawText(),
    ];

    /// <summary>All points that the intervals of the history show; none of them is longer than what an interval may hold.</summary>
    private async Task<int> CountAsync(string run)
    {
        var points = 0;
        for (var start = 0; start < 8000; start += 1000)
            points += TrackerClient.Points(await client.GetAsync(
                $"metrics/get-history-bulk-interval?run_ids={run}&metric_key=a&max_results=2500&start_step={start}&end_step={start + 999}")).Length;
        return points;
    }

    private async Task<double> GreatestAsync(string run) =>
        (await client.TrackingAsync($"runs/{run}/histories?metric=a&buckets=10")).Answer.GetProperty("histories")[0].GetProperty("buckets")
            .EnumerateArray().Max(bucket => bucket.GetProperty("max").GetDouble());

    private async Task CompactAsync(string run)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Compactor>().CompactAsync(await KeyAsync(scope, run), "a", CancellationToken.None);
    }

    private async Task<List<MetricChunk>> ChunksAsync(string run)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        var key = await KeyAsync(scope, run);
        return await scope.ServiceProvider.GetRequiredService<TrackerDb>().Set<MetricChunk>().AsNoTracking()
            .Where(chunk => chunk.RunKey == key).OrderBy(chunk => chunk.Number).ToListAsync();
    }

    private static Task<long> KeyAsync(AsyncServiceScope scope, string run) => scope.ServiceProvider.GetRequiredService<TrackerDb>()
        .Set<ExperimentTracker.Runs.Run>().Where(row => row.RunId == run).Select(row => row.RunKey).SingleAsync();
}
