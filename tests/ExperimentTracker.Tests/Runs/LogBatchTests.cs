using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Runs;

public sealed class LogBatchOnSqlite(AllInOneOnSqlite plane) : LogBatchTests(plane);

public sealed class LogBatchOnPostgres(AllInOneOnPostgres plane) : LogBatchTests(plane);

public abstract class LogBatchTests(PlaneFixture plane) : IDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private const string Hint = " See the API docs for more information about request parameters.";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_batch_adds_metrics_params_and_tags_and_repeating_it_changes_nothing()
    {
        var run = await client.NewRunAsync();
        var batch = new
        {
            run_id = run,
            metrics = new object[] { new { key = "m1", value = 0.87, timestamp = 12345, step = 0 }, new { key = "m2", value = "NaN", timestamp = 1 } },
            @params = new[] { new { key = "p1", value = "v" }, new { key = "p2", value = "" } },
            tags = new[] { new { key = "t", value = "first" }, new { key = "t", value = "last" } },
        };
        await client.PostAsync("runs/log-batch", batch);
        await client.PostAsync("runs/log-batch", batch);
        Assert.Equal(new() { ["m1"] = "0.87", ["m2"] = "NaN" }, await client.DataAsync(run, "metrics"));
        Assert.Equal(new() { ["p1"] = "v", ["p2"] = "" }, await client.DataAsync(run, "params"));
        Assert.Equal("last", (await client.DataAsync(run, "tags"))["t"]);
        Assert.Equal(["0/12345/0.87"], await client.HistoryAsync(run, "m1"));
    }

    [Fact]
    public async Task A_run_shows_its_entries_by_key_whatever_came_first()
    {
        var run = await client.NewRunAsync();
        foreach (var key in new[] { "m", "Z", "a", "b/c", "é" })
        {
            await client.PostAsync("runs/log-batch", new
            {
                run_id = run,
                metrics = new[] { new { key, value = 1, timestamp = 1 } },
                @params = new[] { new { key, value = "1" } },
                tags = new[] { new { key, value = "1" } },
            });
        }

        var data = (await client.RunAsync(run)).GetProperty("data");
        foreach (var kind in new[] { "metrics", "params" })
            Assert.Equal("Z a b/c m é", string.Join(' ', data.GetProperty(kind).EnumerateArray().Select(entry => entry.GetProperty("key").GetString())));
        Assert.Equal("Z a b/c m mlflow.runName é", string.Join(' ', data.GetProperty("tags").EnumerateArray().Select(entry => entry.GetProperty("key").GetString())));
    }

    [Fact]
    public async Task Changed_params_are_named_in_the_order_of_the_request()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-batch", new { run_id = run, @params = new[] { new { key = "a", value = "1" }, new { key = "q", value = "2" } } });
        await client.RefusedAsync(
            "runs/log-batch", new { run_id = run, @params = new[] { new { key = "q", value = "3" }, new { key = "b", value = "4" }, new { key = "a", value = "5" } } },
            400, Invalid, $"Changing param values is not allowed. Params were already logged='[{{'key': 'q', 'old_value': '2', 'new_value': '3'}}, {{'key': 'a', 'old_value': '1', 'new_value': '5'}}]' for run ID='{run}'.");
    }

    [Fact]
    public async Task A_batch_that_changes_a_param_stores_nothing_of_itself()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-parameter", new { run_id = run, key = "p", value = "it's" });
        await client.RefusedAsync("runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { new { key = "m", value = 1, timestamp = 1 } },
            @params = new[] { new { key = "a", value = "1" }, new { key = "p", value = "new" } },
            tags = new[] { new { key = "t", value = "x" } },
        }, 400, Invalid, $$"""Changing param values is not allowed. Params were already logged='[{'key': 'p', 'old_value': "it's", 'new_value': 'new'}]' for run ID='{{run}}'.""");
        Assert.Equal(new() { ["p"] = "it's" }, await client.DataAsync(run, "params"));
        Assert.Empty(await client.DataAsync(run, "metrics"));
        Assert.Equal(["mlflow.runName"], (await client.DataAsync(run, "tags")).Keys);
    }

    [Fact]
    public async Task Concurrent_writers_of_one_param_agree_on_one_value_and_tell_the_others()
    {
        var run = await client.NewRunAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => client.SendAsync(
            "runs/log-batch", JsonSerializer.Serialize(new { run_id = run, @params = new[] { new { key = "p", value = $"{i}" } } }))));
        Assert.Single(answers, answer => (int)answer.Status == 200);
        Assert.All(answers.Where(answer => (int)answer.Status != 200), answer => Assert.Equal(400, (int)answer.Status));
    }

    [Fact]
    public async Task Writers_of_the_same_keys_in_any_order_never_block_each_other()
    {
        var run = await client.NewRunAsync();
        var keys = Enumerable.Range(0, 50).Select(i => $"k{i}").ToArray();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async writer =>
        {
            var mine = writer % 2 == 0 ? keys : keys.Reverse();
            for (var step = 0; step < 5; step++)
            {
                await client.PostAsync("runs/log-batch", new
                {
                    run_id = run,
                    metrics = mine.Select(key => new { key, value = writer, timestamp = 1, step }),
                    tags = mine.Take(20).Select(key => new { key, value = $"{writer}" }),
                });
            }
        }));
        Assert.Equal(80, (await client.HistoryAsync(run, "k7")).Length);
        Assert.Equal("15", (await client.DataAsync(run, "metrics"))["k7"]);
    }

    [Fact]
    public async Task The_limits_of_a_batch_are_its_counts_and_its_bytes()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/log-batch", new { run_id = run, metrics = Metrics(1000) });
        await client.RefusedAsync("runs/log-batch", new { run_id = run, metrics = Metrics(1001) }, 400, Invalid, Limit(1000, 1001, "metrics"));
        await client.RefusedAsync("runs/log-batch", new { run_id = run, @params = Pairs(101) }, 400, Invalid, Limit(100, 101, "params"));
        await client.RefusedAsync("runs/log-batch", new { run_id = run, tags = Pairs(101) }, 400, Invalid, Limit(100, 101, "tags"));
        await client.RefusedAsync("runs/log-batch", new { run_id = run, metrics = Metrics(901), @params = Pairs(50), tags = Pairs(50) }, 400, Invalid,
            Limit(1000, 1001, "metrics, params, and tags"));
        var atLimit = $$"""{"run_id": "{{run}}", "unknown": "{{new string('x', 1_000_000 - 29 - run.Length)}}"}""";
        Assert.Equal(1_000_000, atLimit.Length);
        Assert.Equal(200, (int)(await client.SendAsync("runs/log-batch", atLimit)).Status);
        await client.RefusedAsync("runs/log-batch", atLimit + " ", 400, Invalid,
            "Batched logging API requests must be at most 1000000 bytes, got a request of size 1000001.");
    }

    [Fact]
    public async Task A_rejected_item_is_named_by_its_place()
    {
        var run = await client.NewRunAsync();
        var cases = new (object Body, string Message)[]
        {
            (new { run_id = run, metrics = "foo" }, "Invalid value \"foo\" for parameter 'metrics' supplied:  Hint: Value was of type 'str'." + Hint),
            (new { run_id = run, metrics = new object[] { new { key = "mae", value = 2.5 } } }, "Missing value for required parameter 'metrics[0].timestamp'." + Hint),
            (new { run_id = run, metrics = new object[] { new { key = "mae", timestamp = 2 } } }, "Missing value for required parameter 'metrics[0].value'." + Hint),
            (new { run_id = run, @params = new object[] { new { key = "a" }, new { value = "b" } } }, "Missing value for required parameter 'params[1].key'." + Hint),
            (new { run_id = run, tags = new object[] { new { key = "", value = "" } } }, "Missing value for required parameter 'tags[0].key'." + Hint),
            (new { run_id = run, metrics = new object[] { new { key = "a", value = 1, timestamp = 1 }, new { key = "../b", value = 1, timestamp = 1 } } },
                "Invalid value \"../b\" for parameter 'metrics[1].name' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '../b'"),
            (new { run_id = run, metrics = new object[] { new { key = "a", value = 1, timestamp = -1 } } },
                "Invalid value -1 for parameter 'metrics[0].timestamp' supplied: metric 'a' (value=1.0). Timestamp must be a nonnegative long (64-bit integer) "),
            (new { run_id = run, @params = new object[] { new { key = "a!" } } },
                "Invalid value \"a!\" for parameter 'params[0].key' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."),
            (new { run_id = run, tags = new object[] { new { key = new string('a', 251) } } }, "'tags[0].key' exceeds the maximum length of 250 characters"),
            (new { run_id = run, @params = new object[] { new { key = "a", value = "1" }, new { key = "b" }, new { key = "a", value = "2" } } },
                "Duplicate parameter keys have been submitted: ['a']. Please ensure the request contains only one param value per param key."),
        };
        foreach (var (body, message) in cases)
            await client.RefusedAsync("runs/log-batch", body, 400, Invalid, message);
        Assert.Empty(await client.DataAsync(run, "params"));
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private static IEnumerable<object> Metrics(int count) => Enumerable.Range(0, count).Select(i => new { key = $"m{i}", value = i, timestamp = 12345, step = i * 2 });

    private static IEnumerable<object> Pairs(int count) => Enumerable.Range(0, count).Select(i => new { key = $"k{i}", value = "v" });

    private static string Limit(int limit, int count, string what) =>
        $"A batch logging request can contain at most {limit} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again.";
}
