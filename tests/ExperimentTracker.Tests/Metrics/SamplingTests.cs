using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Metrics;

public sealed class SamplingOnSqlite(AllInOneOnSqlite plane) : SamplingTests(plane);

public sealed class SamplingOnPostgres(AllInOneOnPostgres plane) : SamplingTests(plane);

public abstract class SamplingTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task Buckets_keep_the_spikes_of_every_history_asked_for()
    {
        var run = await client.NewRunAsync();
        for (var start = 0; start < 2000; start += 500)
        {
            await client.PostAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = Enumerable.Range(start, 500).SelectMany(i => new object[]
                {
                    new { key = "a", value = i == 777 ? 1e9 : 0, timestamp = 1000 + i, step = i },
                    new { key = "b", value = i == 1234 ? (object)"NaN" : i, timestamp = 1000 + i, step = i },
                }),
            });
        }

        var histories = await HistoriesAsync($"runs/{run}/histories?metric=b&metric=a&metric=none&buckets=10");
        Assert.Equal(["b", "a", "none"], histories.Select(history => history.GetProperty("metric").GetString()!));
        var b = histories[0].GetProperty("buckets").EnumerateArray().ToList();
        Assert.Equal("""{"fromStep":0,"toStep":199,"fromTime":1000,"toTime":1199,"min":0,"max":199,"count":200}""", b[0].GetRawText());
        Assert.Equal((10, 1999L), (b.Count, b.Sum(bucket => bucket.GetProperty("count").GetInt64())));
        Assert.Equal(1e9, histories[1].GetProperty("buckets").EnumerateArray().Max(bucket => bucket.GetProperty("max").GetDouble()));
        Assert.Equal([1L, 0, 0], histories.Select(history => history.GetProperty("nanCount").GetInt64()));
        Assert.Empty(histories[2].GetProperty("buckets").EnumerateArray());
    }

    [Fact]
    public async Task Steps_at_the_ends_of_the_range_of_numbers_and_running_backwards_are_in_a_bucket()
    {
        var run = await client.NewRunAsync();
        foreach (var (step, timestamp) in new[] { (5L, 1L), (long.MinValue, 2L), (long.MaxValue, 3L), (-5L, 4L) })
            await client.PostAsync("runs/log-metric", new { run_id = run, key = "m", value = 1, timestamp, step });
        var buckets = (await HistoriesAsync($"runs/{run}/histories?metric=m&buckets=3"))[0].GetProperty("buckets");
        Assert.Equal(4, buckets.EnumerateArray().Sum(bucket => bucket.GetProperty("count").GetInt64()));
        Assert.Equal((long.MinValue, long.MaxValue), (buckets[0].GetProperty("fromStep").GetInt64(), buckets[buckets.GetArrayLength() - 1].GetProperty("toStep").GetInt64()));
    }

    [Fact]
    public async Task Values_without_steps_are_spread_over_time()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-batch", new { run_id = run, metrics = Enumerable.Range(0, 100).Select(i => new { key = "m", value = i, timestamp = 1000 + i }) });
        Assert.Single((await HistoriesAsync($"runs/{run}/histories?metric=m&buckets=4"))[0].GetProperty("buckets").EnumerateArray());
        var buckets = (await HistoriesAsync($"runs/{run}/histories?metric=m&buckets=4&axis=time"))[0].GetProperty("buckets").EnumerateArray().ToList();
        Assert.Equal([(1000L, 24.0), (1025, 49), (1050, 74), (1075, 99)], buckets.Select(bucket => (bucket.GetProperty("fromTime").GetInt64(), bucket.GetProperty("max").GetDouble())));
    }

    [Theory]
    [InlineData("metric=m&axis=place", 400, "invalid_axis")]
    [InlineData("metric=m&buckets=0", 400, "invalid_buckets")]
    [InlineData("metric=m&buckets=10001", 400, "invalid_buckets")]
    [InlineData("buckets=5", 400, "invalid_metric_count")]
    [InlineData("metric=m", 404, "run_not_found")]
    public async Task A_wish_that_cannot_be_met_is_refused(string query, int status, string code) =>
        await client.TrackingRefusedAsync($"runs/nope/histories?{query}", status, code);

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<List<JsonElement>> HistoriesAsync(string path)
    {
        var (status, answer) = await client.TrackingAsync(path);
        Assert.True((int)status == 200, answer.GetRawText());
        return [.. answer.GetProperty("histories").EnumerateArray()];
    }
}
