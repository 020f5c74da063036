using MlopsPlane.Cluster.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.Cluster.Tests;

public sealed class RestartTests(RunningCluster cluster)
{
    private const int Clients = 32;

    [Fact]
    public async Task Every_process_behind_the_edge_is_restarted_under_load_and_no_request_fails()
    {
        cluster.Require();
        var workspace = Fresh();
        await using var traffic = await Traffic.StartAsync(await cluster.WithRoleAsync("writer", workspace), workspace, Clients);
        await Until.TrueAsync(() => traffic.Acknowledged > 100);
        for (var round = 0; round < (Soak.IsOn ? 3 : 1); round++)
            await cluster.RestartAsync();
        var before = traffic.Acknowledged;
        await Until.TrueAsync(() => traffic.Acknowledged > before + 100);
        await traffic.StopAsync();
        Assert.Empty(traffic.FailedWrites);
        Assert.Empty(traffic.FailedReads);
        await traffic.VerifyAsync();
    }

    [Fact]
    public async Task A_replica_that_is_killed_costs_no_read_loses_no_acknowledged_write_and_doubles_none()
    {
        cluster.Require();
        var workspace = Fresh();
        await using var traffic = await Traffic.StartAsync(await cluster.WithRoleAsync("writer", workspace), workspace, Clients);
        for (var round = 0; round < (Soak.IsOn ? 10 : 2); round++)
        {
            var before = traffic.Acknowledged;
            await Until.TrueAsync(() => traffic.Acknowledged > before + 100);
            var name = round % 2 == 0 ? "tracker-1" : "tracker-2";
            cluster.Kill(name);
            before = traffic.Acknowledged;
            await Until.TrueAsync(() => traffic.Acknowledged > before + 100);
            await cluster.RestartAsync(name);
        }

        await traffic.StopAsync();
        Assert.Empty(traffic.FailedReads);
        // A write whose replica died before it answered is told, once for each client at most.
        Assert.True(traffic.FailedWrites.Count <= Clients * (Soak.IsOn ? 10 : 2), $"{traffic.FailedWrites.Count} writes failed.");
        Assert.All(traffic.FailedWrites, failure => Assert.StartsWith("502 ", failure, StringComparison.Ordinal));
        await traffic.VerifyAsync();
    }

    private static string Fresh() => $"t-{Guid.CreateVersion7():N}"[..30];
}
