using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Access.Tests.Workspaces;

public sealed class WorkspaceCleanupOnSqlite(AllInOneOnSqlite plane) : WorkspaceCleanupTests(plane);

public sealed class WorkspaceCleanupOnPostgres(AllInOneOnPostgres plane) : WorkspaceCleanupTests(plane);

public abstract class WorkspaceCleanupTests(PlaneFixture plane)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_rows_of_a_deleted_workspace_are_removed_and_those_of_others_stay()
    {
        var (gone, kept) = (await FilledAsync(), await FilledAsync());
        (await plane.Client.DeleteAsync($"/api/3.0/mlflow/workspaces/{gone.Name}?mode=CASCADE", Ct)).EnsureSuccessStatusCode().Dispose();
        await CleanAsync<TrackerDb>();
        await CleanAsync<RegistryDb>();

        await using var scope = plane.Services.CreateAsyncScope();
        var (tracker, registry) = (scope.ServiceProvider.GetRequiredService<TrackerDb>(), scope.ServiceProvider.GetRequiredService<RegistryDb>());
        Assert.Equal((0, 1), (await RunsAsync(tracker, gone.TrackerKey), await RunsAsync(tracker, kept.TrackerKey)));
        Assert.False(await tracker.Set<Experiment>().AnyAsync(row => row.WorkspaceId == gone.TrackerKey, Ct));
        Assert.Equal(2, await tracker.Set<Experiment>().CountAsync(row => row.WorkspaceId == kept.TrackerKey, Ct));
        Assert.False(await tracker.Set<Metric>().AnyAsync(row => row.RunKey == gone.RunKey, Ct));
        Assert.False(await registry.Models.AnyAsync(row => row.WorkspaceId == gone.RegistryKey, Ct));
        Assert.True(await registry.Models.AnyAsync(row => row.WorkspaceId == kept.RegistryKey, Ct));
        Assert.True(await registry.History.AnyAsync(row => row.WorkspaceId == gone.RegistryKey, Ct));
        Assert.False(await tracker.Set<WorkspaceRow>().AnyAsync(row => row.Id == gone.TrackerKey, Ct));

        // The name is free, and what is under it now is empty.
        var again = await plane.Client.GetFromJsonAsync<System.Text.Json.JsonElement>($"/w/{gone.Name}/api/2.0/mlflow/experiments/search?max_results=10", Ct);
        Assert.Equal(1, again.GetProperty("experiments").GetArrayLength());
    }

    private static Task<int> RunsAsync(TrackerDb db, int workspace) => db.Set<Run>().CountAsync(row => row.WorkspaceId == workspace, Ct);

    private async Task<(string Name, int TrackerKey, int RegistryKey, long RunKey)> FilledAsync()
    {
        var name = PlaneFixture.FreshWorkspace();
        using var client = plane.NewClient(name);
        await PostAsync(client, "experiments/create", new { name = "e" });
        var run = (await PostAsync(client, "runs/create", new { experiment_id = "0" })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
        await PostAsync(client, "runs/log-metric", new { run_id = run, key = "m", value = 1, timestamp = 1 });
        await PostAsync(client, "registered-models/create", new { name = "model" });
        await PostAsync(client, "model-versions/create", new { name = "model", source = "s3://bucket/model" });
        await PostAsync(client, "registered-models/alias", new { name = "model", alias = "champion", version = "1" });
        await using var scope = plane.Services.CreateAsyncScope();
        var tracker = scope.ServiceProvider.GetRequiredService<TrackerDb>();
        return (name, await KeyAsync(tracker, name), await KeyAsync(scope.ServiceProvider.GetRequiredService<RegistryDb>(), name),
            await tracker.Set<Run>().Where(row => row.RunId == run).Select(row => row.RunKey).SingleAsync(Ct));
    }

    private static Task<int> KeyAsync(PlaneDb db, string name) => db.Set<WorkspaceRow>().Where(row => row.Name == name).Select(row => row.Id).SingleAsync(Ct);

    private async Task CleanAsync<TDb>() where TDb : PlaneDb
    {
        await using var scope = plane.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<WorkspaceCleaner<TDb>>().CleanAsync(Ct);
    }

    private static async Task<System.Text.Json.JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var response = (await client.PostAsJsonAsync($"/api/2.0/mlflow/{path}", body, Ct)).EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>(Ct);
    }
}
