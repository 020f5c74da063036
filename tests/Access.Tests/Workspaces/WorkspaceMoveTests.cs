using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Workspaces;

public sealed class WorkspaceMoveOnSqlite(AllInOneOnSqlite plane) : WorkspaceMoveTests(plane);

public sealed class WorkspaceMoveOnPostgres(AllInOneOnPostgres plane) : WorkspaceMoveTests(plane);

/// <summary>Deletion with <c>SET_DEFAULT</c>: what is in the workspace belongs to <c>default</c> afterwards.</summary>
public abstract class WorkspaceMoveTests : IDisposable
{
    private const string Workspaces = "/api/3.0/mlflow/workspaces";
    private const string Files = "/api/2.0/mlflow-artifacts/artifacts";
    private readonly string name = PlaneFixture.FreshWorkspace();
    private readonly PlaneFixture plane;
    private readonly HttpClient team;

    protected WorkspaceMoveTests(PlaneFixture plane)
    {
        this.plane = plane;
        team = plane.NewClient(name);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Experiments_move_with_their_runs_under_ids_of_the_default_workspace()
    {
        var experiment = await ExperimentAsync(team, name);
        var run = await RunAsync(team, experiment);
        await PostAsync(team, "runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { new { key = "m", value = 1.5, timestamp = 1, step = 0 } },
            @params = new[] { new { key = "p", value = "v" } },
        });
        var deleted = await ExperimentAsync(team, name + "-deleted");
        await PostAsync(team, "experiments/delete", new { experiment_id = deleted });
        var logged = (await PostAsync(team, "logged-models", new { experiment_id = experiment, name = "lm", source_run_id = run })).GetProperty("model").GetProperty("info");

        await MoveAsync();
        var moved = (await GetAsync(plane.Client, $"experiments/get-by-name?experiment_name={name}")).GetProperty("experiment");
        var id = moved.GetProperty("experiment_id").GetString();
        var found = (await GetAsync(plane.Client, $"runs/get?run_id={run}")).GetProperty("run");
        Assert.Equal(id, found.GetProperty("info").GetProperty("experiment_id").GetString());
        Assert.Equal("v", found.GetProperty("data").GetProperty("params")[0].GetProperty("value").GetString());
        var searched = await PostAsync(plane.Client, "runs/search", new { experiment_ids = new[] { id }, filter = "metrics.m > 1" });
        Assert.Equal(run, searched.GetProperty("runs")[0].GetProperty("info").GetProperty("run_id").GetString());
        Assert.Equal("lm", (await GetAsync(plane.Client, $"logged-models/{logged.GetProperty("model_id").GetString()}")).GetProperty("model").GetProperty("info").GetProperty("name").GetString());
        Assert.Equal("deleted", (await GetAsync(plane.Client, $"experiments/get-by-name?experiment_name={name}-deleted")).GetProperty("experiment").GetProperty("lifecycle_stage").GetString());
        await PostAsync(plane.Client, "runs/log-metric", new { run_id = run, key = "m", value = 2, timestamp = 2, step = 1 });
    }

    [Fact]
    public async Task Files_move_too_whatever_form_their_address_has()
    {
        var usual = await RunAsync(team, await ExperimentAsync(team, name + "-usual"));
        var short_ = await RunAsync(team, await ExperimentAsync(team, name + "-short", $"mlflow-artifacts:/shared-{name}"));
        var elsewhere = await RunAsync(team, await ExperimentAsync(team, name + "-elsewhere", "s3://bucket/x"));
        foreach (var run in new[] { usual, short_ })
        {
            var place = (await UriAsync(team, run))["mlflow-artifacts:/".Length..];
            using var put = await team.PutAsync($"{Files}/{place}/dir/file.txt", new StringContent(run), Ct);
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        }

        await MoveAsync();
        foreach (var run in new[] { usual, short_ })
        {
            Assert.Equal(run, await plane.Client.GetStringAsync($"/get-artifact?run_id={run}&path=dir/file.txt", Ct));
            Assert.Equal(run, await plane.Client.GetStringAsync($"{Files}/{(await UriAsync(plane.Client, run))["mlflow-artifacts:/".Length..]}/dir/file.txt", Ct));
        }

        Assert.Equal($"s3://bucket/x/{elsewhere}/artifacts", await UriAsync(plane.Client, elsewhere));
        // Named again it is another workspace, and finds nothing of the old one.
        Assert.Equal("{}", await team.GetStringAsync(Files, Ct));
        var experiments = (await GetAsync(team, "experiments/search?max_results=10")).GetProperty("experiments");
        Assert.Equal(["Default"], experiments.EnumerateArray().Select(experiment => experiment.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task Models_move_with_versions_aliases_files_and_history()
    {
        var run = await RunAsync(team, await ExperimentAsync(team, name));
        var source = await UriAsync(team, run) + "/model";
        using (await team.PutAsync($"{Files}/{source["mlflow-artifacts:/".Length..]}/MLmodel", new StringContent("content"), Ct))
            await PostAsync(team, "registered-models/create", new { name, tags = new[] { new { key = "k", value = "v" } } });
        await PostAsync(team, "model-versions/create", new { name, source, run_id = run });
        await PostAsync(team, "registered-models/alias", new { name, alias = "champion", version = "1" });
        await PostAsync(team, "runs/update", new { run_id = run, status = "FINISHED", end_time = 5 });
        await UntilAsync(team, lineage => lineage.GetProperty("run").GetProperty("status").GetString() == "FINISHED");
        // So that the experiment cannot get the id that it has.
        await ExperimentAsync(plane.Client, name + "-before");

        await MoveAsync();
        var version = (await GetAsync(plane.Client, $"registered-models/alias?name={name}&alias=champion")).GetProperty("model_version");
        Assert.Equal(await UriAsync(plane.Client, run) + "/model", version.GetProperty("source").GetString());
        Assert.Equal("content", await plane.Client.GetStringAsync($"/model-versions/get-artifact?name={name}&version=1&path=MLmodel", Ct));
        Assert.Equal("v", (await GetAsync(plane.Client, $"registered-models/get?name={name}")).GetProperty("registered_model").GetProperty("tags")[0].GetProperty("value").GetString());
        var history = await plane.Client.GetFromJsonAsync<JsonElement>($"/api/v1/registry/models/{name}/history", Ct);
        Assert.Equal("champion", history.GetProperty("entries")[0].GetProperty("alias").GetString());
        var registrations = await plane.Client.GetFromJsonAsync<JsonElement>($"/api/v1/tracking/runs/{run}/registrations", Ct);
        Assert.Equal(name, registrations.GetProperty("registrations")[0].GetProperty("model").GetString());
        Assert.Equal("2", (await PostAsync(plane.Client, "model-versions/create", new { name, source = "s3://b/k" })).GetProperty("model_version").GetProperty("version").GetString());
        // What the registry knows of the run follows its experiment to the new id.
        var id = (await GetAsync(plane.Client, $"experiments/get-by-name?experiment_name={name}")).GetProperty("experiment").GetProperty("experiment_id").GetString();
        await UntilAsync(plane.Client, lineage => lineage.GetProperty("run").GetProperty("experimentId").GetString() == id);
    }

    [Fact]
    public async Task Names_that_the_default_workspace_has_already_are_told_and_nothing_moves()
    {
        var quoted = name + "'s";
        foreach (var client in new[] { team, plane.Client })
        {
            await ExperimentAsync(client, name);
            await PostAsync(client, "registered-models/create", new { name });
            await PostAsync(client, "registered-models/create", new { name = quoted });
        }

        await RunAsync(team, "0");
        Assert.Equal(
            $"Cannot reassign resources from workspace '{name}' to 'default': the following names already exist in the default workspace and would "
            + $"cause conflicts:\n  - registered_models: '{name}'\n  - registered_models: \"{quoted}\"\n  - experiments: 'Default'\n  - experiments: '{name}'\n"
            + "Rename or remove the conflicting resources before retrying.",
            await RefusalAsync("SET_DEFAULT"));
        Assert.Equal(
            $"Cannot delete workspace '{name}': table 'registered_models' still contains 2 resource(s). Remove or reassign them before deleting the workspace.",
            await RefusalAsync("RESTRICT"));
        Assert.Equal("0", (await GetAsync(team, "experiments/get?experiment_id=0")).GetProperty("experiment").GetProperty("experiment_id").GetString());
        Assert.Equal(HttpStatusCode.OK, (await plane.Client.GetAsync($"{Workspaces}/{name}", Ct)).StatusCode);
    }

    [Fact]
    public async Task Services_of_other_processes_tell_the_names_over_http()
    {
        foreach (var client in new[] { team, plane.Client })
        {
            await ExperimentAsync(client, name);
            await PostAsync(client, "registered-models/create", new { name });
        }

        Assert.Equal($$"""[{"kind":"experiments","name":"{{name}}"}]""", await team.GetStringAsync("/api/v1/tracking/facts/contents/clashes?target=default", Ct));
        Assert.Equal($$"""[{"kind":"registered_models","name":"{{name}}"}]""", await team.GetStringAsync("/api/v1/registry/facts/contents/clashes?target=default", Ct));
        Assert.Equal("[]", await team.GetStringAsync("/api/v1/registry/facts/contents/clashes?target=another-one", Ct));
    }

    public void Dispose()
    {
        team.Dispose();
        GC.SuppressFinalize(this);
    }

    private static async Task<string> ExperimentAsync(HttpClient client, string experiment, string? location = null) =>
        (await PostAsync(client, "experiments/create", new { name = experiment, artifact_location = location })).GetProperty("experiment_id").GetString()!;

    private static async Task<string> RunAsync(HttpClient client, string experiment) =>
        (await PostAsync(client, "runs/create", new { experiment_id = experiment })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString()!;

    private static async Task<string> UriAsync(HttpClient client, string run) =>
        (await GetAsync(client, $"runs/get?run_id={run}")).GetProperty("run").GetProperty("info").GetProperty("artifact_uri").GetString()!;

    private static Task<JsonElement> GetAsync(HttpClient client, string path) => client.GetFromJsonAsync<JsonElement>($"/api/2.0/mlflow/{path}", Ct);

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task MoveAsync()
    {
        using var deleted = await plane.Client.DeleteAsync($"{Workspaces}/{name}?mode=SET_DEFAULT", Ct);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var gone = await plane.Client.GetAsync($"{Workspaces}/{name}", Ct);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private async Task<string?> RefusalAsync(string mode)
    {
        using var response = await plane.Client.DeleteAsync($"{Workspaces}/{name}?mode={mode}", Ct);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
        Assert.Equal((HttpStatusCode.InternalServerError, "INVALID_STATE"), (response.StatusCode, error.GetProperty("error_code").GetString()));
        return error.GetProperty("message").GetString();
    }

    /// <summary>Waits for the registry to learn of the run behind the first version.</summary>
    private async Task UntilAsync(HttpClient client, Func<JsonElement, bool> reached)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!reached(await client.GetFromJsonAsync<JsonElement>($"/api/v1/registry/models/{name}/versions/1/lineage", bound.Token)))
            await Task.Delay(50, bound.Token);
    }
}
