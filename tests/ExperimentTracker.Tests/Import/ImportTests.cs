using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Import;

public sealed class ImportOnSqlite(AllInOneOnSqlite plane) : ImportTests(plane);

public sealed class ImportOnPostgres(AllInOneOnPostgres plane) : ImportTests(plane);

public abstract class ImportTests(PlaneFixture plane) : IDisposable
{
    private const string Source = "http://old.example:5000";
    private const string Origin = "mlopsplane.import.origin";
    private readonly TrackerClient client = new(plane);

    private static string NewId() => Guid.CreateVersion7().ToString("N");

    [Fact]
    public async Task An_experiment_keeps_its_id_name_times_stage_and_tags()
    {
        var answer = await ImportAsync("experiments", Experiment("7", "old"));
        Assert.Equal("created", answer.GetProperty("outcome").GetString());
        var experiment = (await client.GetAsync("experiments/get?experiment_id=7")).GetProperty("experiment");
        Assert.Equal($"mlflow-artifacts:/workspaces/{client.Workspace}/7", experiment.GetProperty("artifact_location").GetString());
        Assert.Equal(("old", 1000, 2000, "deleted"), (experiment.GetProperty("name").GetString(), experiment.GetProperty("creation_time").GetInt64(),
            experiment.GetProperty("last_update_time").GetInt64(), experiment.GetProperty("lifecycle_stage").GetString()));
        Assert.Equal(["mlopsplane.import.origin=http://old.example:5000 7", "team=risk"],
            experiment.GetProperty("tags").EnumerateArray().Select(tag => $"{tag.GetProperty("key")}={tag.GetProperty("value")}").Order(StringComparer.Ordinal));
        Assert.Equal("8", await client.NewExperimentAsync("next"));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_replaced_and_the_next_attempt_finds_the_same_experiment()
    {
        var taken = await client.NewExperimentAsync("mine");
        var first = await ImportAsync("experiments", Experiment(taken, "old"));
        Assert.NotEqual(taken, first.GetProperty("experimentId").GetString());
        var again = await ImportAsync("experiments", Experiment(taken, "renamed there"));
        Assert.Equal(("resumed", first.GetProperty("experimentId").GetString(), "old"),
            (again.GetProperty("outcome").GetString(), again.GetProperty("experimentId").GetString(), again.GetProperty("name").GetString()));
        await RefusedAsync("experiments", Experiment("99", "mine"), 409, "experiment_name_taken");
    }

    [Fact]
    public async Task A_long_id_of_a_file_store_is_kept_and_not_counted_on_from()
    {
        var kept = await ImportAsync("experiments", Experiment("826271829312345678", "old"));
        Assert.Equal("826271829312345678", kept.GetProperty("experimentId").GetString());
        Assert.Equal("1", await client.NewExperimentAsync("next"));
    }

    [Fact]
    public async Task The_default_experiment_is_merged()
    {
        var answer = await ImportAsync("experiments", Experiment("0", "Default"));
        Assert.Equal(("merged", "0"), (answer.GetProperty("outcome").GetString(), answer.GetProperty("experimentId").GetString()));
        Assert.Equal("active", (await client.GetAsync("experiments/get?experiment_id=0")).GetProperty("experiment").GetProperty("lifecycle_stage").GetString());
    }

    [Fact]
    public async Task A_run_keeps_its_id_user_times_and_stage_and_repeating_it_doubles_nothing()
    {
        var id = NewId();
        await ImportAsync("experiments", Experiment("5", "deleted there"));
        for (var round = 0; round < 2; round++)
        {
            var made = await ImportAsync("runs", Run(id, "5", "first"));
            Assert.Equal((id, round == 0 ? "created" : "resumed"), (made.GetProperty("runId").GetString(), made.GetProperty("outcome").GetString()));
            await client.PostAsync("runs/log-batch", new
            {
                run_id = id,
                metrics = new object[] { Metric("m", 0.5, 1), Metric("m", "NaN", 2), Metric("m", "Infinity", 3), Metric("m", 0.5, 1) },
                @params = new[] { new { key = "p", value = "v" } },
            });
            await CompleteAsync(id, "FAILED", 9000, "deleted");
        }

        var run = await client.RunAsync(id);
        var info = run.GetProperty("info");
        Assert.Equal((id, "first", "ann", "FAILED", 1234, 9000, "deleted", "5"), (info.GetProperty("run_id").GetString(), info.GetProperty("run_name").GetString(),
            info.GetProperty("user_id").GetString(), info.GetProperty("status").GetString(), info.GetProperty("start_time").GetInt64(),
            info.GetProperty("end_time").GetInt64(), info.GetProperty("lifecycle_stage").GetString(), info.GetProperty("experiment_id").GetString()));
        Assert.Equal(["1/1/0.5", "2/2/NaN", "3/3/1.7976931348623157E+308"], await client.HistoryAsync(id, "m"));
        var tags = await client.DataAsync(id, "tags");
        Assert.Equal((3, "first", "y", $"{Source} {id}"), (tags.Count, tags["mlflow.runName"], tags["any name: even this!"], tags[Origin]));
    }

    [Fact]
    public async Task A_run_id_of_another_workspace_is_replaced_by_one_that_every_attempt_comes_to()
    {
        using var other = new TrackerClient(plane);
        var taken = await other.NewRunAsync();
        var first = (await ImportAsync("runs", Run(taken, "0", "n"))).GetProperty("runId").GetString()!;
        Assert.Matches("^[0-9a-f]{32}$", first);
        Assert.NotEqual(taken, first);
        Assert.Equal(first, (await ImportAsync("runs", Run(taken, "0", "n"))).GetProperty("runId").GetString());
        Assert.Equal(first, (await client.TrackingAsync($"import/runs/{taken}?source={Source}")).Answer.GetProperty("runId").GetString());
        await client.TrackingRefusedAsync($"import/runs/{taken}?source=elsewhere", 404, "run_not_found");
        using var third = new TrackerClient(plane);
        Assert.NotEqual(first, (await ImportAsync("runs", Run(taken, "0", "n"), third)).GetProperty("runId").GetString());
        Assert.Equal("RUNNING", (await other.RunAsync(taken)).GetProperty("info").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Importers_of_one_run_at_the_same_time_make_one()
    {
        var id = NewId();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ImportAsync("runs", Run(id, "0", "n"))));
        Assert.All(answers, answer => Assert.Equal(id, answer.GetProperty("runId").GetString()));
        Assert.Single(answers, answer => answer.GetProperty("outcome").GetString() == "created");
    }

    [Fact]
    public async Task An_id_of_another_form_is_replaced()
    {
        var made = await ImportAsync("runs", Run("run-of-1.x", "0", "n"));
        Assert.Matches("^[0-9a-f]{32}$", made.GetProperty("runId").GetString());
    }

    [Fact]
    public async Task A_logged_model_keeps_its_id_times_and_status()
    {
        var id = $"m-{NewId()}";
        object model = new
        {
            source = Source, modelId = id, experimentId = "0", name = "net", modelType = "torch", sourceRunId = "", status = "LOGGED_MODEL_READY",
            creationTime = 5, lastUpdateTime = 6, @params = new { lr = "1" }, tags = new { a = "b" },
        };
        await ImportAsync("logged-models", model);
        Assert.Equal("resumed", (await ImportAsync("logged-models", model)).GetProperty("outcome").GetString());
        var info = (await client.GetAsync($"logged-models/{id}")).GetProperty("model").GetProperty("info");
        Assert.Equal(("net", 5, 6, "LOGGED_MODEL_READY"), (info.GetProperty("name").GetString(), info.GetProperty("creation_timestamp_ms").GetInt64(),
            info.GetProperty("last_updated_timestamp_ms").GetInt64(), info.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused_with_its_field()
    {
        await RefusedAsync("experiments", Experiment("", "n"), 400, "missing_value");
        await RefusedAsync("experiments", Experiment("1", ""), 400, "missing_value");
        await RefusedAsync("experiments", new { source = "a b", experimentId = "1", name = "n" }, 400, "invalid_text");
        await RefusedAsync("experiments", new { source = "s", experimentId = "1", name = "n", creationTime = -1 }, 400, "invalid_time");
        await RefusedAsync("experiments", new { source = "s", experimentId = "1", name = "n", lifecycleStage = "gone" }, 400, "invalid_stage");
        await RefusedAsync("runs", new { source = "s", runId = "r", experimentId = "404", startTime = 1 }, 404, "RESOURCE_DOES_NOT_EXIST");
        await RefusedAsync("runs", new { source = "s", runId = "r", experimentId = "x", startTime = 1 }, 400, "INVALID_PARAMETER_VALUE");
        await RefusedAsync("runs", new { source = new string('s', 1001), runId = "r", experimentId = "0", startTime = 1 }, 400, "too_long");
        await RefusedAsync("runs/none/complete", new { source = "s", status = "FINISHED" }, 404, "run_not_found");
        await RefusedAsync("runs/none/complete", new { source = "s", status = "DONE" }, 400, "invalid_status");
        await RefusedAsync("logged-models", new { source = "s", modelId = "m", experimentId = "0", name = "n", status = "X" }, 400, "invalid_status");
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private static object Experiment(string id, string name) => new
    {
        source = Source, experimentId = id, name, creationTime = 1000, lastUpdateTime = 2000, lifecycleStage = "deleted", tags = new { team = "risk" },
    };

    private static object Run(string id, string experiment, string name) => new
    {
        source = Source, runId = id, experimentId = experiment, name, userId = "ann", startTime = 1234,
        tags = new Dictionary<string, string> { ["any name: even this!"] = "y" },
    };

    private static object Metric(string key, object value, long step) => new { key, value, timestamp = step, step };

    private Task<JsonElement> CompleteAsync(string id, string status, long endTime, string stage) =>
        ImportAsync($"runs/{id}/complete", new { source = Source, status, endTime, lifecycleStage = stage });

    private async Task<JsonElement> ImportAsync(string path, object body, TrackerClient? by = null)
    {
        using var response = await (by ?? client).Http.PostAsJsonAsync($"/api/v1/tracking/import/{path}", body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private async Task RefusedAsync(string path, object body, int status, string code)
    {
        using var response = await client.Http.PostAsJsonAsync($"/api/v1/tracking/import/{path}", body);
        var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((status, code), ((int)response.StatusCode, problem.GetProperty("code").GetString()));
    }
}
