using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Metrics;

public sealed class MetricsOnSqlite(AllInOneOnSqlite plane) : MetricTests(plane);

public sealed class MetricsOnPostgres(AllInOneOnPostgres plane) : MetricTests(plane);

public abstract class MetricTests(PlaneFixture plane) : IDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private const string Hint = " See the API docs for more information about request parameters.";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task The_latest_value_is_the_greatest_by_step_then_timestamp_then_value()
    {
        var run = await client.NewRunAsync();
        foreach (var (step, timestamp, value) in new[] { (-1, 800, 800), (-3, 900, 900), (3, 50, 20), (3, 50, 20), (3, 50, 10), (3, 40, 100), (0, 100, 1000) })
            await client.PostAsync("runs/log-metric", new { run_id = run, key = "m", value, timestamp, step });
        Assert.Equal(["3/40/100", "3/50/10", "3/50/20", "0/100/1000", "-1/800/800", "-3/900/900"], await client.HistoryAsync(run, "m"));
        var latest = (await client.RunAsync(run)).GetProperty("data").GetProperty("metrics")[0];
        Assert.Equal("3/50/20", $"{latest.GetProperty("step")}/{latest.GetProperty("timestamp")}/{TrackerClient.Value(latest)}");
    }

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("9007199254740993", "9007199254740992.0")]
    [InlineData("4.534510405949953e+16", "4.534510405949953e+16")]
    [InlineData("1e300", "1e+300")]
    [InlineData("0.25", "0.25")]
    public async Task A_whole_value_stays_a_float_on_the_wire(string sent, string expected)
    {
        var run = await client.NewRunAsync();
        await client.SendAsync("runs/log-metric", $$"""{"run_id": "{{run}}", "key": "m", "value": {{sent}}, "timestamp": 1}""");
        var metric = (await client.RunAsync(run)).GetProperty("data").GetProperty("metrics")[0];
        Assert.Equal(expected, metric.GetProperty("value").GetRawText());
    }

    [Fact]
    public async Task A_body_may_begin_with_a_byte_order_mark()
    {
        var run = await client.NewRunAsync();
        foreach (var path in new[] { "runs/log-metric", "runs/log-batch" })
        {
            var (status, answer) = await client.SendAsync(path, "\ufeff" + (path == "runs/log-metric"
                ? $$"""{"run_id": "{{run}}", "key": "one", "value": 1, "timestamp": 1}"""
                : $$"""{"run_id": "{{run}}", "metrics": [{"key": "two", "value": 2, "timestamp": 1}]}"""));
            Assert.True(status == System.Net.HttpStatusCode.OK, $"{path}: {answer}");
        }

        Assert.Equal(["one", "two"], (await client.DataAsync(run, "metrics")).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task NaN_comes_back_as_NaN_and_infinities_as_the_largest_doubles()
    {
        var run = await client.NewRunAsync();
        foreach (var (key, value) in new[] { ("nan", "NaN"), ("inf", "Infinity"), ("ninf", "-Infinity"), ("text", "1e3") })
            await client.PostAsync("runs/log-metric", new { run_id = run, key, value, timestamp = 0 });
        await client.PostAsync("runs/log-metric", new { run_id = run, key = "true", value = true, timestamp = "7", step = "-9" });
        var metrics = (await client.RunAsync(run)).GetProperty("data").GetProperty("metrics").EnumerateArray()
            .ToDictionary(metric => metric.GetProperty("key").GetString()!, metric => metric.GetProperty("value"));
        Assert.Equal("NaN", metrics["nan"].GetString());
        Assert.Equal((double.MaxValue, double.MinValue, 1000d, 1d),
            (metrics["inf"].GetDouble(), metrics["ninf"].GetDouble(), metrics["text"].GetDouble(), metrics["true"].GetDouble()));
        Assert.Equal(["-9/7/1"], await client.HistoryAsync(run, "true"));
    }

    [Theory]
    [InlineData("""{"run_id": 31, "key": "k", "value": 41, "timestamp": 59}""", "Invalid value 31 for parameter 'run_id' supplied:  Hint: Value was of type 'int'.")]
    [InlineData("""{"run_id": "r", "key": 31, "value": 41, "timestamp": 59}""", "Invalid value 31 for parameter 'key' supplied:  Hint: Value was of type 'int'.")]
    [InlineData("""{"run_id": "r", "key": "k", "value": 31, "timestamp": 59, "step": "foo"}""", "Invalid value \"foo\" for parameter 'step' supplied:  Hint: Value was of type 'str'.")]
    [InlineData("""{"run_id": "r", "key": "k", "value": 31, "timestamp": "foo"}""", "Invalid value \"foo\" for parameter 'timestamp' supplied:  Hint: Value was of type 'str'.")]
    [InlineData("""{"run_id": "r", "key": "k", "value": [1], "timestamp": 1}""", "Invalid value [1] for parameter 'value' supplied:  Hint: Value was of type 'list'.")]
    [InlineData("""{"run_id": null, "key": "k", "value": 31, "timestamp": 59}""", "Missing value for required parameter 'run_id'.")]
    [InlineData("""{"run_id": "r", "value": 31, "timestamp": 59}""", "Missing value for required parameter 'key'.")]
    [InlineData("""{"run_id": "r", "key": "k", "timestamp": 59}""", "Missing value for required parameter 'value'.")]
    [InlineData("""{"run_id": "r", "key": "k", "value": 0}""", "Missing value for required parameter 'timestamp'.")]
    public async Task A_wrong_or_missing_parameter_is_named_with_its_type(string body, string message) =>
        await client.RefusedAsync("runs/log-metric", body, 400, Invalid, message + Hint);

    [Theory]
    [InlineData("a//b", "a/b")]
    [InlineData("/a", "/a")]
    [InlineData("a/../b", "b")]
    [InlineData("./a", "a")]
    [InlineData(".", ".")]
    public async Task A_name_that_a_file_system_reads_as_another_is_refused(string key, string resolved)
    {
        var run = await client.NewRunAsync();
        await client.RefusedAsync("runs/log-metric", new { run_id = run, key, value = 1, timestamp = 1 }, 400, Invalid,
            $"Invalid value \"{key}\" for parameter 'name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '{resolved}'");
    }

    [Fact]
    public async Task Names_may_have_letters_of_any_script_within_250_characters()
    {
        var run = await client.NewRunAsync();
        foreach (var key in new[] { "größe 1/µ:x_-.", "漢字", new string('k', 250) })
            await client.PostAsync("runs/log-metric", new { run_id = run, key, value = 1, timestamp = 1 });
        Assert.Equal(3, (await client.DataAsync(run, "metrics")).Count);
        await client.RefusedAsync("runs/log-metric", new { run_id = run, key = new string('k', 251), value = 1, timestamp = 1 }, 400, Invalid,
            "'Metric name' exceeds the maximum length of 250 characters");
    }

    [Fact]
    public async Task Params_are_truncated_at_6000_characters_and_never_change()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-parameter", new { run_id = run, key = "p", value = new string('x', 6000) });
        await client.PostAsync("runs/log-parameter", new { run_id = run, key = "p", value = new string('x', 6001) });
        Assert.Equal(6000, (await client.DataAsync(run, "params"))["p"].Length);
        await client.PostAsync("runs/log-parameter", new { run_id = run, key = "q", value = "1" });
        await client.RefusedAsync("runs/log-parameter", new { run_id = run, key = "q", value = "2" }, 400, Invalid,
            $"Changing param values is not allowed. Param with key='q' was already logged with value='1' for run ID='{run}'. Attempted logging new value '2'.");
    }

    [Fact]
    public async Task A_metric_of_a_logged_model_that_does_not_exist_is_refused_and_not_stored()
    {
        var run = await client.NewRunAsync();
        await client.RefusedAsync("runs/log-metric", new { run_id = run, key = "m", value = 1, timestamp = 1, model_id = "m-nope" }, 404,
            "RESOURCE_DOES_NOT_EXIST", "Logged model with ID 'm-nope' not found.");
        Assert.Empty(await client.DataAsync(run, "metrics"));
    }

    [Fact]
    public async Task NUL_and_lone_surrogates_are_refused_and_a_body_that_is_no_object_is_told()
    {
        var run = await client.NewRunAsync();
        foreach (var key in new[] { "a\\u0000b", "a\\ud800b" })
        {
            var (status, _) = await client.SendAsync("runs/set-tag", $$"""{"run_id": "{{run}}", "key": "k", "value": "{{key}}"}""");
            Assert.Equal(400, (int)status);
        }

        Assert.Equal(400, (int)(await client.SendAsync("runs/set-tag", "[1]")).Status);
        Assert.Equal(["mlflow.runName"], (await client.DataAsync(run, "tags")).Keys);
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }
}
