using System.Net.Http.Json;
using System.Text;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Retention;

public sealed class RetentionOnSqlite(AllInOneOnSqlite plane) : RetentionTests(plane);

public sealed class RetentionOnPostgres(AllInOneOnPostgres plane) : RetentionTests(plane);

public abstract class RetentionTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task A_deleted_run_is_removed_for_good_with_its_rows_and_files()
    {
        var run = await RunWithFileAsync("0");
        Assert.Equal(409, await DeleteAsync($"runs/{run}"));
        await client.PostAsync("runs/delete", new { run_id = run });
        Assert.Equal(204, await DeleteAsync($"runs/{run}"));
        Assert.Equal(404, await DeleteAsync($"runs/{run}"));
        await client.GetRefusedAsync($"runs/get?run_id={run}", 404, "RESOURCE_DOES_NOT_EXIST", $"Run with id={run} not found");
        Assert.Empty(await client.HistoryAsync(run, "m"));
        await Until.TrueAsync(async () => await FilesAsync($"0/{run}/artifacts") == 0);
    }

    [Fact]
    public async Task Removing_a_deleted_experiment_frees_its_name_but_not_its_id()
    {
        var id = await client.NewExperimentAsync("name");
        var run = await RunWithFileAsync(id);
        Assert.Equal(409, await DeleteAsync($"experiments/{id}"));
        await client.PostAsync("experiments/delete", new { experiment_id = id });
        Assert.Equal(204, await DeleteAsync($"experiments/{id}"));
        Assert.Equal(404, await DeleteAsync($"experiments/{id}"));
        Assert.NotEqual(id, await client.NewExperimentAsync("name"));
        await Until.TrueAsync(async () => await FilesAsync($"{id}/{run}/artifacts") == 0);
        await client.PostAsync("experiments/delete", new { experiment_id = 0 });
        Assert.Equal(409, await DeleteAsync("experiments/0"));
    }

    [Fact]
    public async Task A_policy_collects_what_was_deleted_long_enough_ago_in_its_own_workspace_only()
    {
        using var other = new TrackerClient(plane);
        var (kept, gone, elsewhere) = (await client.NewRunAsync(), await client.NewRunAsync(), await other.NewRunAsync());
        var experiment = await client.NewExperimentAsync();
        await client.PostAsync("experiments/delete", new { experiment_id = experiment });
        await client.PostAsync("runs/delete", new { run_id = gone });
        await other.PostAsync("runs/delete", new { run_id = elsewhere });

        Assert.Equal("""{"deletedAfterDays":null}""", (await client.TrackingAsync("retention")).Answer.GetRawText());
        Assert.Equal(200, await PutAsync(1));
        await Task.Delay(300);
        await client.RunAsync(gone);
        Assert.Equal(200, await PutAsync(0));
        await Until.TrueAsync(async () => (int)(await client.TryGetAsync($"runs/get?run_id={gone}")).Status == 404);
        await Until.TrueAsync(async () => (int)(await client.TryGetAsync($"experiments/get?experiment_id={experiment}")).Status == 404);
        await client.RunAsync(kept);
        await other.RunAsync(elsewhere);
        Assert.Equal("""{"deletedAfterDays":0}""", (await client.TrackingAsync("retention")).Answer.GetRawText());
        Assert.Equal(400, await PutAsync(-1));
        Assert.Equal(200, await PutAsync(null));
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string> RunWithFileAsync(string experiment)
    {
        var run = await client.NewRunAsync(experiment);
        await client.PostAsync("runs/log-batch", new { run_id = run, metrics = new[] { new { key = "m", value = 1, timestamp = 1 } } });
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes("hello"));
        using var stored = await client.Http.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/a/b.txt", content);
        stored.EnsureSuccessStatusCode();
        Assert.Equal(1, await FilesAsync($"{experiment}/{run}/artifacts"));
        return run;
    }

    private async Task<int> FilesAsync(string path)
    {
        var listed = await client.Http.GetFromJsonAsync<System.Text.Json.JsonElement>($"/api/2.0/mlflow-artifacts/artifacts?path={path}");
        return listed.TryGetProperty("files", out var files) ? files.GetArrayLength() : 0;
    }

    private async Task<int> DeleteAsync(string path)
    {
        using var response = await client.Http.DeleteAsync($"/api/v1/tracking/{path}");
        return (int)response.StatusCode;
    }

    private async Task<int> PutAsync(int? days)
    {
        using var response = await client.Http.PutAsJsonAsync("/api/v1/tracking/retention", new { deletedAfterDays = days });
        return (int)response.StatusCode;
    }
}
