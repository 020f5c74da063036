using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

public sealed class DeploymentWorkspaceOnSqlite(AllInOneOnSqlite plane) : DeploymentWorkspaceTests(plane);

public sealed class DeploymentWorkspaceOnPostgres(AllInOneOnPostgres plane) : DeploymentWorkspaceTests(plane);

public abstract class DeploymentWorkspaceTests(PlaneFixture plane) : IDisposable
{
    private readonly DeploymentClient deployments = DeploymentClient.In(plane);

    [Fact]
    public async Task A_workspace_that_is_deleted_takes_its_deployments_along()
    {
        var key = await DeployAsync();
        await DeleteAsync("CASCADE");
        await Until.TrueAsync(async () => (await DesiredAsync(deployments.Workspace)).Count == 0);
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        await scope.ServiceProvider.GetRequiredService<WorkspaceCleaner<InferenceDb>>().CleanAsync(CancellationToken.None);
        Assert.False(await db.Deployments.AnyAsync(row => row.DeploymentKey == key));
        Assert.False(await db.Targets.AnyAsync(row => row.DeploymentKey == key));
        Assert.False(await db.Events.AnyAsync(row => row.DeploymentKey == key));
    }

    [Fact]
    public async Task Deployments_keep_a_workspace_from_being_deleted_unasked()
    {
        await deployments.CreateAsync(new { name = "out", variants = new[] { new { name = "main", runtime = "external", url = "http://127.0.0.1:1", protocol = "oip" } } });
        using var refused = await plane.Client.DeleteAsync(new Uri($"/api/3.0/mlflow/workspaces/{deployments.Workspace}?mode=RESTRICT", UriKind.Relative));
        Assert.Contains("table 'deployments' still contains 1 resource(s)", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await deployments.OkAsync(HttpMethod.Delete, "/out");
        await DeleteAsync("RESTRICT");
    }

    [Fact]
    public async Task Deployments_move_with_their_models_into_the_default_workspace()
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        var key = await DeployAsync(name);
        await DeleteAsync("SET_DEFAULT");
        using var target = new DeploymentClient(plane.NewClient("default"), "default");
        await Until.TrueAsync(async () => (await target.SendAsync(HttpMethod.Get, $"/{name}")).Status == HttpStatusCode.OK);
        var moved = await target.GetAsync($"/{name}");
        Assert.Equal((2, "moved"), (moved.GetProperty("generation").GetInt64(), (await target.EventsAsync(name))[0]));
        Assert.Equal(["moved", "created"], await target.EventsAsync(name));
        Assert.Equal(key, (await DesiredAsync("default")).Single(one => one.Spec.Name == name).Key);
        await target.OkAsync(HttpMethod.Delete, $"/{name}");
    }

    public void Dispose()
    {
        deployments.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<long> DeployAsync(string name = "m")
    {
        await deployments.ModelAsync(name);
        await deployments.CreateAsync(new { model = $"models:/{name}/1" });
        return (await DesiredAsync(deployments.Workspace)).Single().Key;
    }

    private async Task DeleteAsync(string mode)
    {
        using var deleted = await plane.Client.DeleteAsync(new Uri($"/api/3.0/mlflow/workspaces/{deployments.Workspace}?mode={mode}", UriKind.Relative));
        Assert.True(deleted.IsSuccessStatusCode, await deleted.Content.ReadAsStringAsync());
    }

    private async Task<List<MlopsPlane.InferenceGateway.Deployments.DesiredDeployment>> DesiredAsync(string workspace) =>
        [.. (await plane.Services.GetRequiredService<IDesiredState>().ReadAsync(CancellationToken.None)).Where(one => one.Workspace == workspace)];
}
