using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Runs;

public sealed class RunsOnSqlite(AllInOneOnSqlite plane) : RunTests(plane);

public sealed class RunsOnPostgres(AllInOneOnPostgres plane) : RunTests(plane);

public abstract class RunTests(PlaneFixture plane) : IDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private const string Missing = "RESOURCE_DOES_NOT_EXIST";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_run_is_created_in_Default_with_a_random_name_in_field_and_tag()
    {
        var created = (await client.PostAsync("runs/create", new { })).GetProperty("run");
        var info = created.GetProperty("info");
        Assert.Matches("^[0-9a-f]{32}$", info.GetProperty("run_id").GetString());
        Assert.Matches("^[a-z]+-[a-z]+-[0-9]+$", info.GetProperty("run_name").GetString());
        Assert.Equal("0", info.GetProperty("experiment_id").GetString());
        Assert.Equal("RUNNING", info.GetProperty("status").GetString());
        Assert.Equal("", info.GetProperty("user_id").GetString());
        Assert.Equal(0, info.GetProperty("start_time").GetInt64());
        Assert.False(info.TryGetProperty("end_time", out _));
        Assert.Equal($$"""[{"key":"mlflow.runName","value":"{{info.GetProperty("run_name").GetString()}}"}]""", created.GetProperty("data").GetProperty("tags").GetRawText());
        Assert.Equal(created.GetRawText(), (await client.RunAsync(info.GetProperty("run_id").GetString()!)).GetRawText());
    }

    [Fact]
    public async Task A_run_takes_its_name_from_the_field_or_the_tag_and_refuses_two()
    {
        object[] tags = [new { key = "mlflow.runName", value = "tagged" }, new { key = "odd!key", value = new string('v', 8001) }];
        var run = TrackerClient.RunId(await client.PostAsync("runs/create", new { tags, user_id = "u", start_time = "456" }));
        var shown = await client.RunAsync(run);
        Assert.Equal("tagged", shown.GetProperty("info").GetProperty("run_name").GetString());
        Assert.Equal(456, shown.GetProperty("info").GetProperty("start_time").GetInt64());
        Assert.Equal(8000, (await client.DataAsync(run, "tags"))["odd!key"].Length);
        await client.RefusedAsync("runs/create", new { user_id = new string('u', 257) }, 400, Invalid, "'user_id' exceeds the maximum length of 256 characters");
        await client.RefusedAsync("runs/create", new { run_name = "field", tags }, 400, Invalid,
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='field', mlflow.runName='tagged').");
    }

    [Fact]
    public async Task An_update_changes_only_what_it_names_and_keeps_name_and_tag_in_step()
    {
        var run = await client.NewRunAsync();
        var info = (await client.PostAsync("runs/update", new { run_id = run, status = "FINISHED", end_time = 1000, run_name = "new" })).GetProperty("run_info");
        Assert.Equal(("FINISHED", 1000L, "new"), (info.GetProperty("status").GetString(), info.GetProperty("end_time").GetInt64(), info.GetProperty("run_name").GetString()));
        Assert.Equal("new", (await client.DataAsync(run, "tags"))["mlflow.runName"]);
        await client.PostAsync("runs/update", new { run_uuid = run, run_name = "" });
        await client.PostAsync("runs/delete-tag", new { run_id = run, key = "mlflow.runName" });
        info = (await client.RunAsync(run)).GetProperty("info");
        Assert.Equal(("FINISHED", "new"), (info.GetProperty("status").GetString(), info.GetProperty("run_name").GetString()));
        await client.PostAsync("runs/set-tag", new { run_id = run, key = "mlflow.runName", value = "newest" });
        await client.PostAsync("runs/log-batch", new { run_id = run, tags = new[] { new { key = "mlflow.runName", value = "batch" } } });
        Assert.Equal("batch", (await client.RunAsync(run)).GetProperty("info").GetProperty("run_name").GetString());
        await client.PostAsync("runs/set-tag", new { run_id = run, key = "mlflow.runName", value = "" });
        Assert.Equal("batch", (await client.DataAsync(run, "tags"))["mlflow.runName"]);
        await client.PostAsync("runs/update", new { run_id = run, status = 1, end_time = -123 });
        info = (await client.RunAsync(run)).GetProperty("info");
        Assert.Equal(("RUNNING", -123L), (info.GetProperty("status").GetString(), info.GetProperty("end_time").GetInt64()));
    }

    [Fact]
    public async Task Deletion_and_restoration_can_be_repeated_and_a_deleted_run_takes_no_writes()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/restore", new { run_id = run });
        await client.PostAsync("runs/delete", new { run_id = run });
        await client.PostAsync("runs/delete", new { run_id = run });
        var inactive = $"The run {run} must be in the 'active' state. Current state is deleted.";
        var writes = new (string Path, object Body)[]
        {
            ("runs/log-metric", new { run_id = run, key = "m", value = 1, timestamp = 1 }),
            ("runs/log-parameter", new { run_id = run, key = "p", value = "1" }),
            ("runs/set-tag", new { run_id = run, key = "t", value = "1" }),
            ("runs/delete-tag", new { run_id = run, key = "t" }),
            ("runs/log-batch", new { run_id = run }),
            ("runs/log-inputs", new { run_id = run }),
            ("runs/outputs", new { run_id = run, models = Array.Empty<object>() }),
            ("runs/update", new { run_id = run, status = "FAILED" }),
            ("runs/log-model", new { run_id = run, model_json = """{"artifact_path":"a","flavors":{},"utc_time_created":"t","run_id":"r"}""" }),
        };
        foreach (var (path, body) in writes)
            await client.RefusedAsync(path, body, 400, Invalid, inactive);
        Assert.Equal("deleted", (await client.RunAsync(run)).GetProperty("info").GetProperty("lifecycle_stage").GetString());
        await client.PostAsync("runs/restore", new { run_id = run });
        Assert.Equal(["mlflow.runName"], (await client.DataAsync(run, "tags")).Keys);
        foreach (var (path, body) in writes.Where(write => write.Path != "runs/delete-tag"))
            await client.PostAsync(path, body);
    }

    [Theory]
    [InlineData("runs/delete")]
    [InlineData("runs/restore")]
    [InlineData("runs/update")]
    [InlineData("runs/log-batch")]
    [InlineData("runs/log-inputs")]
    [InlineData("runs/delete-tag", "key")]
    [InlineData("runs/set-tag", "key")]
    [InlineData("runs/log-parameter", "key")]
    public async Task A_run_that_does_not_exist_is_named(string path, string? more = null)
    {
        var body = new Dictionary<string, string> { ["run_id"] = "fake_run_id" };
        if (more is not null)
            body[more] = "k";
        await client.RefusedAsync(path, body, 404, Missing, "Run with id=fake_run_id not found");
    }

    [Theory]
    [InlineData("runs/log-batch")]
    [InlineData("runs/log-inputs")]
    public async Task An_id_that_no_run_can_have_is_refused_where_MLflow_does(string path) =>
        await client.RefusedAsync(path, new { run_id = "../x" }, 400, Invalid, "Invalid value \"../x\" for parameter 'run_id' supplied.");

    [Fact]
    public async Task Tags_are_replaced_and_their_absence_is_told()
    {
        var run = await client.NewRunAsync();
        await client.PostAsync("runs/set-tag", new { run_uuid = run, key = "t", value = "1" });
        await client.PostAsync("runs/set-tag", new { run_id = run, key = "t", value = new string('x', 8001) });
        Assert.Equal(8000, (await client.DataAsync(run, "tags"))["t"].Length);
        await client.PostAsync("runs/delete-tag", new { run_id = run, key = "t" });
        await client.RefusedAsync("runs/delete-tag", new { run_id = run, key = "t" }, 404, Missing, $"No tag with name: t in run with id {run}");
        await client.RefusedAsync("runs/set-tag", new { run_id = run, key = "param", value = 41 }, 400, Invalid,
            "Invalid value 41 for parameter 'value' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.");
    }

    [Fact]
    public async Task Logged_models_are_listed_in_a_tag_in_the_text_that_MLflow_writes()
    {
        var run = await client.NewRunAsync();
        foreach (var path in new[] { "a", "ä" })
        {
            var model = JsonSerializer.Serialize(new { artifact_path = path, flavors = new { tf = "body", py = new { config = new { a = 1 }, code = 1.0 } }, utc_time_created = "t", run_id = run });
            await client.PostAsync("runs/log-model", new { run_id = run, model_json = model });
        }

        var item = """{"artifact_path": "PATH", "flavors": {"tf": "body", "py": {"code": 1}}, "utc_time_created": "t", "run_id": "RUN"}""".Replace("RUN", run, StringComparison.Ordinal);
        Assert.Equal($"[{item.Replace("PATH", "a", StringComparison.Ordinal)}, {item.Replace("PATH", "\\u00e4", StringComparison.Ordinal)}]",
            (await client.DataAsync(run, "tags"))["mlflow.log-model.history"]);
        await client.RefusedAsync("runs/log-model", new { run_id = run, model_json = "{" }, 400, Invalid, "Malformed model info. \n { \n is not a valid JSON.");
        await client.RefusedAsync("runs/log-model", new { run_id = run, model_json = """{"flavors":1,"run_id":1}""" }, 400, Invalid,
            "Model json is missing mandatory fields: {'artifact_path', 'utc_time_created'}");
    }

    [Fact]
    public async Task Both_prefixes_and_the_base_path_of_a_workspace_reach_the_same_run()
    {
        var run = await client.NewRunAsync();
        using var anonymous = plane.NewClient();
        var path = $"mlflow/runs/get?run_id={run}";
        var first = await anonymous.GetStringAsync($"/w/{client.Workspace}/api/2.0/{path}");
        Assert.Equal(first, await client.Http.GetStringAsync($"/ajax-api/2.0/{path}"));
        Assert.Contains(run, first, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }
}
