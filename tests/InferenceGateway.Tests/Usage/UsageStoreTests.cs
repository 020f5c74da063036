using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.InferenceGateway.Usage;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Usage;

public sealed class UsageStoreOnSqlite(AllInOneOnSqlite plane) : UsageStoreTests(plane), IClassFixture<AllInOneOnSqlite>;

public sealed class UsageStoreOnPostgres(AllInOneOnPostgres plane) : UsageStoreTests(plane), IClassFixture<AllInOneOnPostgres>;

public abstract class UsageStoreTests(PlaneFixture plane)
{
    private readonly string workspace = PlaneFixture.FreshWorkspace();

    [Fact]
    public async Task A_batch_whose_commit_was_not_heard_of_is_published_once()
    {
        var store = plane.Services.GetRequiredService<UsageStore>();
        var self = plane.Services.GetRequiredService<ReplicaIdentity>().Id;
        await Until.TrueAsync(() => InDatabaseAsync(db => db.Replicas.AnyAsync(row => row.ReplicaId == self)));
        var (first, second) = (Batch("a", "b"), Batch("a"));
        await store.StoreAsync(first, TestContext.Current.CancellationToken);
        await store.StoreAsync(first, TestContext.Current.CancellationToken);
        Assert.Equal((1, 1), (await PublishedAsync("a"), await PublishedAsync("b")));
        await store.StoreAsync(second, TestContext.Current.CancellationToken);
        await store.StoreAsync(second, TestContext.Current.CancellationToken);
        Assert.Equal((2, 1), (await PublishedAsync("a"), await PublishedAsync("b")));
    }

    private UsageBatch Batch(params string[] deployments) => new(
        DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddMinutes(1),
        [.. deployments.Select(name => (new UsageMeter.Key(workspace, name, "main", "m", 1, Shadow: false, "cpu"), new UsageMeter.Tally()))]);

    private Task<long> PublishedAsync(string deployment) => InDatabaseAsync(db => db.Set<AggregateSequence>()
        .Where(row => row.Aggregate == $"serving-usage:{workspace}/{deployment}").Select(row => row.Last).SingleAsync());

    private async Task<T> InDatabaseAsync<T>(Func<InferenceDb, Task<T>> ask)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        return await ask(scope.ServiceProvider.GetRequiredService<InferenceDb>());
    }
}
