using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Runs;

public sealed class PromptlabOnSqlite(AllInOneOnSqlite plane) : PromptlabTests(plane);

public sealed class PromptlabOnPostgres(AllInOneOnPostgres plane) : PromptlabTests(plane);

public abstract class PromptlabTests(PlaneFixture plane) : IDisposable
{
    private const string Path = "runs/create-promptlab-run";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_tried_prompt_becomes_a_finished_run_with_its_table()
    {
        var run = (await client.PostAsync(Path, new
        {
            experiment_id = "0",
            run_name = "my_run_name",
            prompt_template = "t",
            prompt_parameters = new[] { new { key = "k", value = "v" } },
            model_route = "my_route",
            model_parameters = new[] { new { key = "temperature", value = 0.1 } },
            model_input = "in",
            model_output = "out",
            model_output_parameters = new[] { new { key = "latency", value = "100" } },
            mlflow_version = "1.0.0",
            user_id = "username",
            start_time = 456,
        })).GetProperty("run");
        var info = run.GetProperty("info");
        Assert.Equal(("my_run_name", "FINISHED", "username", 456L),
            (info.GetProperty("run_name").GetString(), info.GetProperty("status").GetString(), info.GetProperty("user_id").GetString(), info.GetProperty("start_time").GetInt64()));
        var id = info.GetProperty("run_id").GetString()!;
        Assert.Equal(new() { ["model_route"] = "my_route", ["prompt_template"] = "t", ["temperature"] = "0.1" }, await client.DataAsync(id, "params"));
        var tags = await client.DataAsync(id, "tags");
        Assert.Equal("""[{"path": "eval_results_table.json", "type": "table"}]""", tags["mlflow.loggedArtifacts"]);
        Assert.Equal("PROMPT_ENGINEERING", tags["mlflow.runSourceType"]);
        Assert.Equal("""{"columns":["k","prompt","output","latency"],"data":[["v","in","out","100"]]}""",
            await client.Http.GetStringAsync($"/get-artifact?run_id={id}&path=eval_results_table.json"));
    }

    [Fact]
    public async Task What_is_missing_is_named_in_order()
    {
        var body = new Dictionary<string, object>();
        foreach (var (field, value) in new (string, object)[]
        {
            ("experiment_id", "0"), ("prompt_template", "t"), ("prompt_parameters", new[] { new { key = "k", value = "v" } }), ("model_route", "r"),
            ("model_input", "i"), ("mlflow_version", "1"),
        })
        {
            await client.RefusedAsync(Path, body, 400, "INVALID_PARAMETER_VALUE", $"CreatePromptlabRun request must specify {field}.");
            body[field] = value;
        }

        await client.PostAsync(Path, body);
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }
}
