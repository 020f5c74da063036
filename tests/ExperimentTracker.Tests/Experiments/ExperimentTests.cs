using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Experiments;

public sealed class ExperimentsOnSqlite(AllInOneOnSqlite plane) : ExperimentTests(plane);

public sealed class ExperimentsOnPostgres(AllInOneOnPostgres plane) : ExperimentTests(plane);

public abstract class ExperimentTests(PlaneFixture plane) : IDisposable
{
    private const string Invalid = "INVALID_PARAMETER_VALUE";
    private const string Missing = "RESOURCE_DOES_NOT_EXIST";
    private const string Hint = " See the API docs for more information about request parameters.";
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_workspace_begins_with_experiment_0_named_Default_and_counts_on_from_1()
    {
        var experiment = (await client.GetAsync("experiments/get?experiment_id=0")).GetProperty("experiment");
        Assert.Equal("Default", experiment.GetProperty("name").GetString());
        Assert.Equal($"mlflow-artifacts:/workspaces/{client.Workspace}/0", experiment.GetProperty("artifact_location").GetString());
        Assert.Equal("1", await client.NewExperimentAsync("a"));
        Assert.Equal("2", await client.NewExperimentAsync("b"));
    }

    [Fact]
    public async Task An_experiment_is_read_by_id_and_by_name_as_it_was_created()
    {
        object[] tags = [new { key = "b", value = "2" }, new { key = "a", value = "" }];
        var id = (await client.PostAsync("experiments/create", new { name = "ü", artifact_location = "s3://bucket/x?y=1", tags })).GetProperty("experiment_id").GetString();
        var byId = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment");
        var byName = (await client.GetAsync("experiments/get-by-name?experiment_name=%C3%BC")).GetProperty("experiment");
        Assert.Equal(byId.GetRawText(), byName.GetRawText());
        Assert.Equal("s3://bucket/x?y=1", byId.GetProperty("artifact_location").GetString());
        Assert.Equal("active", byId.GetProperty("lifecycle_stage").GetString());
        Assert.Equal(byId.GetProperty("creation_time").GetInt64(), byId.GetProperty("last_update_time").GetInt64());
        Assert.Equal("""[{"key":"a","value":""},{"key":"b","value":"2"}]""", byId.GetProperty("tags").GetRawText());
    }

    [Fact]
    public async Task Creation_names_the_parameter_that_is_missing_or_of_another_type()
    {
        await client.RefusedAsync("experiments/create", new { }, 400, Invalid, "Missing value for required parameter 'name'." + Hint);
        await client.RefusedAsync("experiments/create", new { name = "" }, 400, Invalid, "Missing value for required parameter 'name'." + Hint);
        await client.RefusedAsync("experiments/create", new { name = 123 }, 400, Invalid,
            "Invalid value 123 for parameter 'name' supplied:  Hint: Value was of type 'int'." + Hint);
        await client.RefusedAsync("experiments/create", """{"name": "x", "artifact_location": 9.0}""", 400, Invalid,
            "Invalid value 9.0 for parameter 'artifact_location' supplied:  Hint: Value was of type 'float'." + Hint);
        await client.RefusedAsync("experiments/create", new { name = "x", tags = "5" }, 400, Invalid,
            "Invalid value \"5\" for parameter 'tags' supplied:  Hint: Value was of type 'str'." + Hint);
        await client.RefusedAsync("experiments/create", new { name = new string('x', 501) }, 400, Invalid, "'name' exceeds the maximum length of 500 characters");
        await client.PostAsync("experiments/create", new { name = string.Concat(Enumerable.Repeat("😀", 500)) });
    }

    [Fact]
    public async Task A_message_stands_in_the_raw_answer_as_clients_look_for_it()
    {
        using var content = new StringContent("""{"name": "x", "tags": "5"}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await client.Http.PostAsync("/api/2.0/mlflow/experiments/create", content);
        Assert.Contains("""Invalid value \"5\" for parameter 'tags' supplied""", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://b/x#f", "'artifact_location' URL can't include fragments or params.")]
    [InlineData("http://h/x;p", "'artifact_location' URL can't include fragments or params.")]
    [InlineData("s3://b/x?a=../../y", "Invalid query string")]
    [InlineData("s3://b/x?a=%252e%252e/y", "Invalid query string")]
    [InlineData("runs:/abc/model", "Artifact location cannot be a runs:/ URI. Given: 'runs:/abc/model'")]
    public async Task An_artifact_location_that_could_escape_is_refused(string location, string message) =>
        await client.RefusedAsync("experiments/create", new { name = "x", artifact_location = location }, 400, Invalid, message);

    [Theory]
    [InlineData("./x", "/x")]
    [InlineData("a//b/", "/a/b")]
    [InlineData("../up", "/../up")]
    [InlineData("file:rel/?param=value", "file:///rel?param=value")]
    public async Task A_relative_location_is_joined_as_python_joins_paths(string given, string expected)
    {
        var id = (await client.PostAsync("experiments/create", new { name = "x", artifact_location = given })).GetProperty("experiment_id").GetString()!;
        var location = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment").GetProperty("artifact_location").GetString();
        Assert.Equal(expected.StartsWith("file://", StringComparison.Ordinal) ? $"file://{Environment.CurrentDirectory}{expected["file://".Length..]}" : Environment.CurrentDirectory + expected, location);
    }

    [Fact]
    public async Task A_relative_artifact_location_becomes_absolute_and_a_run_lies_below_it()
    {
        var id = (await client.PostAsync("experiments/create", new { name = "x", artifact_location = "my_location" })).GetProperty("experiment_id").GetString()!;
        var location = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment").GetProperty("artifact_location").GetString();
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "my_location"), location);
        var run = await client.NewRunAsync(id);
        Assert.Equal($"{location}/{run}/artifacts", (await client.RunAsync(run)).GetProperty("info").GetProperty("artifact_uri").GetString());
    }

    [Fact]
    public async Task A_name_is_taken_by_an_active_and_by_a_deleted_experiment()
    {
        const string Taken = "Experiment(name=e) already exists. Error: an active or deleted experiment has this name.";
        var id = await client.NewExperimentAsync("e");
        await client.RefusedAsync("experiments/create", new { name = "e" }, 400, "RESOURCE_ALREADY_EXISTS", Taken);
        await client.PostAsync("experiments/delete", new { experiment_id = id });
        await client.RefusedAsync("experiments/create", new { name = "e" }, 400, "RESOURCE_ALREADY_EXISTS", Taken);
        var other = await client.NewExperimentAsync("f");
        await client.RefusedAsync("experiments/update", new { experiment_id = other, new_name = "e" }, 400, "RESOURCE_ALREADY_EXISTS", Taken);
    }

    [Fact]
    public async Task Concurrent_creators_of_one_name_have_one_winner_and_ids_have_no_twins()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.SendAsync("experiments/create", """{"name": "same"}""")));
        Assert.Single(answers, answer => (int)answer.Status == 200);
        var ids = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => client.NewExperimentAsync($"other{i}")));
        Assert.Equal(16, ids.Distinct().Count());
    }

    [Fact]
    public async Task Ids_that_are_no_number_or_not_there_are_told_apart()
    {
        await client.GetRefusedAsync("experiments/get?experiment_id=invalid_id", 400, Invalid,
            "Invalid experiment ID 'invalid_id'. Experiment ID must be a valid integer.");
        await client.GetRefusedAsync("experiments/get?experiment_id=77", 404, Missing, "No Experiment with id=77 exists");
        await client.GetRefusedAsync("experiments/get-by-name?experiment_name=nope", 404, Missing, "Could not find experiment with name 'nope'");
        await client.GetRefusedAsync("experiments/get", 400, Invalid, "Missing value for required parameter 'experiment_id'." + Hint);
        await client.RefusedAsync("experiments/delete", new { experiment_id = 77 }, 404, Missing, "No Experiment with id=77 exists");
    }

    [Fact]
    public async Task Deleting_and_restoring_takes_all_runs_along_and_stamps_the_experiment()
    {
        var id = await client.NewExperimentAsync();
        var (kept, gone) = (await client.NewRunAsync(id), await client.NewRunAsync(id));
        await client.PostAsync("runs/delete", new { run_id = gone });
        var before = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment").GetProperty("last_update_time").GetInt64();
        await Task.Delay(5);

        await client.PostAsync("experiments/delete", new { experiment_id = id });
        await client.RefusedAsync("experiments/delete", new { experiment_id = id }, 404, Missing, $"No Experiment with id={id} exists");
        var deleted = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment");
        Assert.Equal("deleted", deleted.GetProperty("lifecycle_stage").GetString());
        Assert.True(deleted.GetProperty("last_update_time").GetInt64() > before);
        Assert.Equal("deleted", await StageAsync(kept));
        await client.RefusedAsync("runs/create", new { experiment_id = id }, 400, Invalid,
            $"The experiment {id} must be in the 'active' state. Current state is deleted.");
        await client.RefusedAsync("experiments/update", new { experiment_id = id, new_name = "n" }, 500, "INVALID_STATE", "Cannot rename a non-active experiment.");

        await client.PostAsync("experiments/restore", new { experiment_id = id });
        await client.RefusedAsync("experiments/restore", new { experiment_id = id }, 404, Missing, $"No Experiment with id={id} exists");
        Assert.Equal(("active", "active"), (await StageAsync(kept), await StageAsync(gone)));
    }

    [Fact]
    public async Task Renaming_changes_the_name_and_the_time_of_the_last_update()
    {
        var id = await client.NewExperimentAsync("old");
        var before = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment").GetProperty("last_update_time").GetInt64();
        await Task.Delay(5);
        await client.PostAsync("experiments/update", new { experiment_id = id, new_name = "new" });
        var renamed = (await client.GetAsync("experiments/get-by-name?experiment_name=new")).GetProperty("experiment");
        Assert.True(renamed.GetProperty("last_update_time").GetInt64() > before);
        await client.RefusedAsync("experiments/update", new { experiment_id = id }, 400, Invalid, "Missing value for required parameter 'new_name'." + Hint);
        await client.RefusedAsync("experiments/update", new { experiment_id = id, new_name = new string('x', 501) }, 400, Invalid,
            "'name' exceeds the maximum length of 500 characters");
    }

    [Fact]
    public async Task Tags_are_set_replaced_and_deleted_within_their_limits()
    {
        var id = await client.NewExperimentAsync();
        await client.PostAsync("experiments/set-experiment-tag", new { experiment_id = id, key = "k", value = "1\n2" });
        await client.PostAsync("experiments/set-experiment-tag", new { experiment_id = id, key = "k" });
        var experiment = (await client.GetAsync($"experiments/get?experiment_id={id}")).GetProperty("experiment");
        Assert.Equal("""[{"key":"k","value":""}]""", experiment.GetProperty("tags").GetRawText());
        await client.RefusedAsync("experiments/set-experiment-tag", new { experiment_id = id, key = "long", value = new string('a', 5001) }, 400, Invalid,
            "'value' exceeds the maximum length of 5000 characters");
        await client.RefusedAsync("experiments/set-experiment-tag", new { experiment_id = id, key = new string('a', 251) }, 400, Invalid,
            "'key' exceeds the maximum length of 250 characters");
        await client.PostAsync("experiments/delete-experiment-tag", new { experiment_id = id, key = "k" });
        await client.RefusedAsync("experiments/delete-experiment-tag", new { experiment_id = id, key = "k" }, 404, Missing,
            $"No tag with name: k in experiment with id {id}");
        await client.PostAsync("experiments/delete", new { experiment_id = id });
        await client.RefusedAsync("experiments/set-experiment-tag", new { experiment_id = id, key = "k" }, 400, Invalid,
            $"The experiment {id} must be in the 'active' state. Current state is deleted.");
    }

    [Fact]
    public async Task Workspaces_see_nothing_of_each_other()
    {
        using var other = new TrackerClient(plane);
        var id = await client.NewExperimentAsync("mine");
        var run = await client.NewRunAsync(id);
        await client.PostAsync("runs/log-metric", new { run_id = run, key = "m", value = 1, timestamp = 1 });
        await other.GetRefusedAsync($"experiments/get?experiment_id={id}", 404, Missing, $"No Experiment with id={id} exists");
        await other.GetRefusedAsync($"runs/get?run_id={run}", 404, Missing, $"Run with id={run} not found");
        await other.RefusedAsync("runs/log-batch", new { run_id = run, tags = new[] { new { key = "t", value = "x" } } }, 404, Missing, $"Run with id={run} not found");
        Assert.Empty(await other.HistoryAsync(run, "m"));
        Assert.Equal(id, await other.NewExperimentAsync("mine"));
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string?> StageAsync(string run) => (await client.RunAsync(run)).GetProperty("info").GetProperty("lifecycle_stage").GetString();
}
