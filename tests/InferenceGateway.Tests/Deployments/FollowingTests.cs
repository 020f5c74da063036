using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Deployments.Following;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

public sealed class FollowingOnSqlite(AllInOneOnSqlite plane) : FollowingTests(plane);

public sealed class FollowingOnPostgres(AllInOneOnPostgres plane) : FollowingTests(plane);

public abstract class FollowingTests(PlaneFixture plane) : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly DeploymentClient deployments = DeploymentClient.In(plane);

    [Fact]
    public async Task An_alias_that_moves_takes_the_deployment_along_and_a_rollback_takes_it_back()
    {
        await FollowAsync();
        await deployments.AliasAsync("m", "live", 2, "better");
        await deployments.ServesAsync("m", 2);
        var moved = await deployments.GetAsync("/m");
        Assert.Equal((2, 1), (moved.GetProperty("generation").GetInt64(), DeploymentClient.Target(moved).GetProperty("previousVersion").GetInt32()));
        var told = (await deployments.HappenedAsync("m"))[0];
        Assert.Equal(("alias-moved", "info"), (told.GetProperty("type").GetString(), told.GetProperty("severity").GetString()));
        Assert.Contains("m@live moved from version 1 to 2; main follows. better", told.GetProperty("message").GetString(), StringComparison.Ordinal);

        var back = await deployments.OkAsync(HttpMethod.Post, "/m/rollback", new { reason = "it is wrong" });
        Assert.Equal((3, 1, true), (back.GetProperty("generation").GetInt64(), DeploymentClient.Target(back).GetProperty("version").GetInt32(), DeploymentClient.Target(back).GetProperty("rolledBack").GetBoolean()));
        await deployments.RefusedAsync(HttpMethod.Post, "/m/rollback", null, HttpStatusCode.Conflict, "nothing_to_roll_back");
        Assert.True((await deployments.OkAsync(HttpMethod.Patch, "/m", new { instances = 2 })).GetProperty("targets")[0].GetProperty("rolledBack").GetBoolean());
        var condition = (await deployments.GetAsync("/m/status")).GetProperty("conditions").EnumerateArray().Single(one => one.GetProperty("type").GetString() == "RolledBack");
        Assert.Equal((true, "main was rolled back to version 1."), (condition.GetProperty("status").GetBoolean(), condition.GetProperty("message").GetString()));

        await deployments.AliasAsync("m", "live", 3);
        await deployments.ServesAsync("m", 3);
        Assert.False(DeploymentClient.Target(await deployments.GetAsync("/m")).GetProperty("rolledBack").GetBoolean());
        Assert.Equal(["alias-moved", "updated", "rolled-back", "alias-moved", "created"], await deployments.EventsAsync("m"));
        Assert.Equal(5, await PublishedAsync("m"));
    }

    [Fact]
    public async Task A_rollback_of_one_variant_goes_to_the_version_that_is_named()
    {
        await deployments.ModelAsync("m", versions: 4);
        await deployments.AliasAsync("m", "live", 4);
        await deployments.CreateAsync(new
        {
            name = "ab",
            variants = new object[]
            {
                new { name = "a", model = "models:/m@live", weight = 50 }, new { name = "b", model = "models:/m/4", weight = 50 },
                new { name = "x", runtime = "external", url = "http://127.0.0.1:1", protocol = "oip", shadow = true },
            },
        });
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { }, HttpStatusCode.Conflict, "nothing_to_roll_back");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { variant = "x" }, HttpStatusCode.NotFound, "variant_not_found");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { version = 2 }, HttpStatusCode.BadRequest, "invalid_spec", "'variant' must say whose 'version' it is.");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { variant = "a", version = 0 }, HttpStatusCode.BadRequest, "invalid_spec", "'version'");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { variant = "a", version = 9 }, HttpStatusCode.NotFound, "model_version_not_found");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { variant = "a", version = 4 }, HttpStatusCode.Conflict, "nothing_to_roll_back");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { reason = new string('r', 1001) }, HttpStatusCode.BadRequest, "invalid_spec", "'reason'");
        await deployments.RefusedAsync(HttpMethod.Post, "/ab/rollback", new { varient = "a" }, HttpStatusCode.BadRequest, "invalid_spec", "'varient' is not known; here may stand: variant, version, reason.");
        await deployments.OkAsync(HttpMethod.Post, "/ab/rollback", new { variant = "a", version = 2 });
        Assert.Equal((2, 4), (await deployments.VersionAsync("ab", "a"), await deployments.VersionAsync("ab", "b")));
    }

    [Fact]
    public async Task What_is_taken_out_of_the_registry_is_served_on_with_a_warning()
    {
        await FollowAsync();
        await deployments.OkAsync(HttpMethod.Delete, "/api/v1/registry/models/m/aliases/live");
        await Until.TrueAsync(async () => (await deployments.EventsAsync("m"))[0] == "alias-removed");
        await deployments.OkAsync(HttpMethod.Delete, "/api/2.0/mlflow/model-versions/delete", new { name = "m", version = "1" });
        await Until.TrueAsync(async () => (await deployments.EventsAsync("m"))[0] == "version-deleted");
        var now = await deployments.GetAsync("/m");
        Assert.Equal((1, 1), (now.GetProperty("generation").GetInt64(), DeploymentClient.Target(now).GetProperty("version").GetInt32()));
        Assert.Equal(2, (await deployments.HappenedAsync("m", "?severity=warning")).Count);
        Assert.Single(await deployments.HappenedAsync("m", "?severity=info"));
    }

    [Fact]
    public async Task References_follow_a_model_to_its_new_name()
    {
        await FollowAsync();
        await deployments.OkAsync(HttpMethod.Post, "/api/2.0/mlflow/registered-models/rename", new { name = "m", new_name = "new name" });
        await Until.TrueAsync(async () => DeploymentClient.Target(await deployments.GetAsync("/m")).GetProperty("model").GetString() == "new name");
        Assert.Equal("models:/new%20name@live", (await deployments.GetAsync("/m")).GetProperty("spec").GetProperty("variants")[0].GetProperty("model").GetString());
        await deployments.AliasAsync("new name", "live", 3);
        await deployments.ServesAsync("m", 3);
    }

    [Fact]
    public async Task An_event_that_comes_twice_changes_nothing_the_second_time()
    {
        await FollowAsync();
        var fact = new AliasMoved(deployments.Workspace, "m", "live", 1, 2, "user:ann", null, At);
        for (var i = 0; i < 2; i++)
        {
            await HandleAsync(handler => handler.HandleAsync(fact, CancellationToken.None));
            var now = await deployments.GetAsync("/m");
            Assert.Equal((2, 2, 1), (now.GetProperty("generation").GetInt64(), DeploymentClient.Target(now).GetProperty("version").GetInt32(), DeploymentClient.Target(now).GetProperty("previousVersion").GetInt32()));
        }

        Assert.Equal("user:ann", (await deployments.GetAsync("/m")).GetProperty("updatedBy").GetString());
        await HandleAsync(handler => handler.HandleAsync(fact with { Workspace = "no-such-one" }, CancellationToken.None));
        await HandleAsync(handler => handler.HandleAsync(fact with { Alias = "other", To = 3 }, CancellationToken.None));
        Assert.Equal(2, (await deployments.GetAsync("/m")).GetProperty("generation").GetInt64());
    }

    [Fact]
    public async Task An_alias_that_moved_before_anybody_followed_it_is_caught_up_with()
    {
        await FollowAsync();
        // As if the question had been answered before the alias moved, and its event had come before the commit.
        await ScopedAsync(db => db.WriteAsync(ct => db.Targets.Where(target => db.Deployments.Any(row => row.DeploymentKey == target.DeploymentKey && row.Name == "m" && db.Set<Hosting.Workspaces.WorkspaceRow>().Any(workspace => workspace.Id == row.WorkspaceId && workspace.Name == deployments.Workspace)))
            .ExecuteUpdateAsync(set => set.SetProperty(target => target.Version, 3).SetProperty(target => target.Unconfirmed, true), ct), CancellationToken.None));
        await using (var scope = plane.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<TargetCheck>().CheckAsync(CancellationToken.None);
        await deployments.ServesAsync("m", 1);
        Assert.False(await IsOpenAsync());
    }

    [Fact]
    public async Task Replicas_read_what_is_to_be_served_and_hear_of_changes()
    {
        await FollowAsync();
        var desired = plane.Services.GetRequiredService<IDesiredState>();
        var one = Assert.Single(await desired.ReadAsync(CancellationToken.None), row => row.Workspace == deployments.Workspace);
        Assert.Equal(("m", 1, new VariantTarget("m", 1, null)), (one.Spec.Name, one.Generation, one.Targets["main"]));
        var before = await ScopedAsync(db => db.ChangesAsync(CancellationToken.None));
        await deployments.AliasAsync("m", "live", 2);
        await deployments.ServesAsync("m", 2);
        Assert.True(await ScopedAsync(db => db.ChangesAsync(CancellationToken.None)) > before);
        Assert.Equal(new VariantTarget("m", 2, 1), (await desired.ReadAsync(CancellationToken.None)).Single(row => row.Workspace == deployments.Workspace).Targets["main"]);
        await deployments.OkAsync(HttpMethod.Delete, "/m");
        Assert.Equal(3, await PublishedAsync("m"));
        Assert.DoesNotContain(await desired.ReadAsync(CancellationToken.None), row => row.Workspace == deployments.Workspace);
    }

    [Fact]
    public void Events_name_the_deployment_that_they_are_about()
    {
        Assert.Equal("deployment:w/d", new DeploymentChanged("w", "d", 1, "created", [], null, At).Aggregate);
        Assert.Equal("deployment:w/d", new ModelLoaded("w", "d", "main", "m", 1, "r", "cpu", null, null, At).Aggregate);
    }

    public void Dispose()
    {
        deployments.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A model of three versions whose alias <c>live</c> points to the first, followed by the deployment of its name.</summary>
    private async Task FollowAsync()
    {
        await deployments.ModelAsync("m", versions: 3);
        await deployments.AliasAsync("m", "live", 1);
        await deployments.CreateAsync(new { model = "models:/m@live" });
        // The registry is asked once more after the commit: what moves before that may be heard of by the answer, not by the event.
        await Until.TrueAsync(async () => !await IsOpenAsync());
    }

    /// <summary>Events of a deployment that were handed to the outbox.</summary>
    private Task<long> PublishedAsync(string name)
    {
        var aggregate = $"deployment:{deployments.Workspace}/{name}";
        return ScopedAsync(db => db.Database.SqlQuery<long>($"SELECT last AS \"Value\" FROM aggregate_sequences WHERE aggregate = {aggregate}").SingleAsync());
    }

    private Task<bool> IsOpenAsync() => ScopedAsync(db => db.Targets.AnyAsync(target => target.Unconfirmed && target.Model == "m"
        && db.Deployments.Any(row => row.DeploymentKey == target.DeploymentKey && db.Set<Hosting.Workspaces.WorkspaceRow>().Any(workspace => workspace.Id == row.WorkspaceId && workspace.Name == deployments.Workspace))));

    private async Task<T> ScopedAsync<T>(Func<InferenceDb, Task<T>> work)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<InferenceDb>());
    }

    private async Task HandleAsync(Func<FollowRegistry, Task> handle)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        await db.WriteAsync(_ => handle(ActivatorUtilities.CreateInstance<FollowRegistry>(scope.ServiceProvider)), CancellationToken.None);
    }
}
