using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Metrics;

public sealed class HistoriesOnSqlite(AllInOneOnSqlite plane) : HistoryTests(plane);

public sealed class HistoriesOnPostgres(AllInOneOnPostgres plane) : HistoryTests(plane);

public abstract class HistoryTests(PlaneFixture plane) : IDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private const string Hint = " See the API docs for more information about request parameters.";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_history_is_paged_from_value_to_value_and_points_that_come_meanwhile_shift_nothing()
    {
        var run = await RunWithAsync(10);
        var first = await client.GetAsync($"metrics/get-history?run_id={run}&metric_key=m&max_results=4");
        await client.PostAsync("runs/log-metric", new { run_id = run, key = "m", value = "NaN", timestamp = 0 });
        var second = await client.GetAsync($"metrics/get-history?run_id={run}&metric_key=m&max_results=4&page_token={Token(first)}");
        var third = await client.GetAsync($"metrics/get-history?run_id={run}&metric_key=m&max_results=4&page_token={Token(second)}");
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}/1/10"), [.. TrackerClient.Points(first), .. TrackerClient.Points(second), .. TrackerClient.Points(third)]);
        Assert.False(third.TryGetProperty("next_page_token", out _));
        var byOffset = await client.GetAsync($"metrics/get-history?run_id={run}&metric_key=m&max_results=9&page_token={Uri.EscapeDataString(Convert.ToBase64String("""{"offset": 9}"""u8))}");
        Assert.Equal(["8/1/10", "9/1/10"], TrackerClient.Points(byOffset));
    }

    [Fact]
    public async Task Without_a_number_there_are_no_values_but_a_token_as_in_MLflow()
    {
        var run = await RunWithAsync(2);
        var answer = await client.GetAsync($"metrics/get-history?run_id={run}&metric_key=m");
        Assert.Equal("""{"next_page_token":"eyJvZmZzZXQiOiAwfQ=="}""", answer.GetRawText());
        Assert.Equal("{}", (await client.GetAsync($"metrics/get-history?run_id={run}&metric_key=other&max_results=5")).GetRawText());
        Assert.Equal("{}", (await client.GetAsync("metrics/get-history?run_id=nope&metric_key=m&max_results=5")).GetRawText());
        await client.GetRefusedAsync($"metrics/get-history?run_id={run}&metric_key=m&page_token=abc", 400, Invalid, "Invalid page token, could not base64-decode");
        await client.GetRefusedAsync($"metrics/get-history?run_id={run}", 400, Invalid, "Missing value for required parameter 'metric_key'." + Hint);
    }

    [Fact]
    public async Task Bulk_histories_come_by_run_and_stop_at_the_number_asked_for()
    {
        var runs = new[] { await RunWithAsync(3), await RunWithAsync(3), await client.NewRunAsync() };
        var query = string.Join('&', runs.Select(run => $"run_id={run}"));
        var all = await client.GetAsync($"metrics/get-history-bulk?{query}&metric_key=m");
        Assert.Equal(runs.Take(2).Order(StringComparer.Ordinal).SelectMany(run => Enumerable.Repeat(run, 3)),
            all.GetProperty("metrics").EnumerateArray().Select(point => point.GetProperty("run_id").GetString()!));
        Assert.Equal(4, TrackerClient.Points(await client.GetAsync($"metrics/get-history-bulk?{query}&metric_key=m&max_results=4")).Length);
        Assert.Equal("""{"metrics":[]}""", (await client.GetAsync($"metrics/get-history-bulk?{query}&metric_key=none")).GetRawText());
        await client.GetRefusedAsync("metrics/get-history-bulk?metric_key=m", 400, Invalid, "GetMetricHistoryBulk request must specify at least one run_id.");
        await client.GetRefusedAsync("metrics/get-history-bulk?run_id=1", 400, Invalid, "GetMetricHistoryBulk request must specify a metric_key.");
        await client.GetRefusedAsync($"metrics/get-history-bulk?metric_key=m&{Repeat("run_id", 101)}", 400, Invalid,
            "GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.");
    }

    [Fact]
    public async Task Intervals_sample_the_steps_of_all_runs_and_keep_every_first_and_last_one()
    {
        var (ten, twenty) = (await RunWithAsync(10), await RunWithAsync(20));
        Assert.Equal("0,2,4,6,8,9", await StepsAsync($"run_ids={ten}&max_results=5"));
        Assert.Equal("0,1,2,3,4", await StepsAsync($"run_ids={ten}&max_results=5&start_step=0&end_step=4"));
        Assert.Equal("0,4,8,9,0,4,8,9,12,16,19", await StepsAsync($"run_ids={ten}&run_ids={twenty}&max_results=5"));
        Assert.Equal("5,6,7", await StepsAsync($"run_ids={ten}&start_step=5&end_step=7"));
        await client.PostAsync("runs/log-batch", new { run_id = ten, metrics = Enumerable.Range(0, 10).Select(i => new { key = "m", value = 10, timestamp = 2, step = i }) });
        Assert.Equal("0,0,2,2,4,4,6,6,8,8,9,9", await StepsAsync($"run_ids={ten}&max_results=5"));
        Assert.Equal("{}", (await client.GetAsync("metrics/get-history-bulk-interval?run_ids=nope&metric_key=m")).GetRawText());
    }

    [Fact]
    public async Task Of_more_values_at_one_step_than_asked_for_an_interval_shows_evenly_spread_ones()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-batch", new { run_id = run, metrics = Enumerable.Range(0, 100).Select(i => new { key = "m", value = i, timestamp = i, step = 0 }) });
        var sampled = await client.GetAsync($"metrics/get-history-bulk-interval?run_ids={run}&metric_key=m&max_results=4");
        Assert.Equal(["0/0/0", "0/33/33", "0/66/66", "0/99/99"], TrackerClient.Points(sampled));
    }

    [Theory]
    [InlineData("metric_key=key", "Missing value for required parameter 'run_ids'." + Hint)]
    [InlineData("run_ids=1&metric_key=", "Missing value for required parameter 'metric_key'." + Hint)]
    [InlineData("run_ids=1&metric_key=k&max_results=0", "max_results must be between 1 and 2500." + Hint)]
    [InlineData("run_ids=1&metric_key=k&max_results=2501", "max_results must be between 1 and 2500." + Hint)]
    [InlineData("run_ids=1&metric_key=k&start_step=1&end_step=0", "end_step must be greater than start_step. Found start_step=1 and end_step=0.")]
    [InlineData("run_ids=1&metric_key=k&start_step=1", "If either start step or end step are specified, both must be specified.")]
    [InlineData("run_ids=1&metric_key=k&start_step=a&end_step=1", "Invalid value \"a\" for parameter 'start_step' supplied:  Hint: Value was of type 'str'." + Hint)]
    public async Task An_interval_that_makes_no_sense_is_refused(string query, string message) =>
        await client.GetRefusedAsync($"metrics/get-history-bulk-interval?{query}", 400, Invalid, message);

    [Fact]
    public async Task An_interval_takes_at_most_100_runs() =>
        await client.GetRefusedAsync($"metrics/get-history-bulk-interval?metric_key=k&{Repeat("run_ids", 101)}", 400, Invalid,
            "GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids." + Hint);

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string Repeat(string name, int count) => string.Join('&', Enumerable.Range(0, count).Select(i => $"{name}=id_{i}"));

    private static string Token(System.Text.Json.JsonElement page) => Uri.EscapeDataString(page.GetProperty("next_page_token").GetString()!);

    private async Task<string> RunWithAsync(int steps)
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-batch", new { run_id = run, metrics = Enumerable.Range(0, steps).Select(i => new { key = "m", value = 10, timestamp = 1, step = i }) });
        return run;
    }

    private async Task<string> StepsAsync(string query) =>
        string.Join(',', TrackerClient.Points(await client.GetAsync($"metrics/get-history-bulk-interval?metric_key=m&{query}")).Select(point => point.Split('/')[0]));
}
