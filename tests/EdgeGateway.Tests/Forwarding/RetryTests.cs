using System.Net;
using System.Net.Http.Json;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Forwarding;

public sealed class RetryTests
{
    [Fact]
    public async Task A_read_whose_replica_breaks_off_is_answered_by_another()
    {
        await using var world = await EdgeWorld.StartAsync();
        using var before = await world.Admin.GetAsync("/api/2.0/mlflow/runs/get");
        var (port, stub) = (PortOf(before), world.StubAt("tracker", PortOf(before)));
        stub.BreakNext = true;
        using var after = await world.Admin.GetAsync("/api/2.0/mlflow/runs/get");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
        Assert.NotEqual(port, PortOf(after));
        Assert.False(stub.BreakNext);
    }

    [Fact]
    public async Task A_read_that_every_replica_breaks_off_is_sent_to_each_once_and_told()
    {
        await using var world = await EdgeWorld.StartAsync();
        foreach (var stub in world.Stubs("tracker"))
            stub.BreakNext = true;
        using var response = await world.Admin.GetAsync("/api/2.0/mlflow/runs/get");
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.All(world.Stubs("tracker"), stub => Assert.Single(stub.Received));
    }

    private static string PortOf(HttpResponseMessage response) => response.Headers.GetValues("X-Stub-Port").Single();

    [Fact]
    public async Task A_write_whose_replica_breaks_off_is_told_and_never_sent_twice()
    {
        await using var world = await EdgeWorld.StartAsync();
        foreach (var stub in world.Stubs("tracker"))
            stub.BreakNext = true;
        using var response = await world.Admin.PostAsJsonAsync("/api/2.0/mlflow/runs/log-metric", new { key = "a" });
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Contains("error_code", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(world.Stubs("tracker").SelectMany(stub => stub.Received));
    }

    [Fact]
    public async Task A_write_to_a_replica_that_cannot_be_connected_to_goes_to_another()
    {
        await using var world = await EdgeWorld.StartAsync();
        await world.StopReplicaAsync("tracker", 0);
        for (var i = 0; i < 10; i++)
            await EdgeWorld.SucceedAsync(await world.Admin.PostAsJsonAsync("/api/2.0/mlflow/runs/log-metric", new { key = $"{i}" }));
        Assert.Equal(10, world.Stub("tracker", 1).Received.Count);
    }

    [Fact]
    public async Task With_every_replica_gone_the_answer_is_a_503_that_may_be_repeated()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        await world.StopReplicaAsync("tracker", 0);
        await Until.TrueAsync(async () =>
        {
            using var response = await world.Admin.GetAsync("/api/2.0/mlflow/runs/get");
            Assert.True(response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable, response.StatusCode.ToString());
            return true;
        }, 5, "an answer");
    }

    [Fact]
    public async Task A_replica_that_is_not_ready_gets_no_requests_once_that_was_seen_but_for_reads_that_another_broke_off()
    {
        await using var world = await EdgeWorld.StartAsync();
        world.Stub("tracker", 0).Ready = false;
        await Until.TrueAsync(async () => (await world.Admin.GetStringAsync("/metrics")).Split('\n').Any(
            line => line.StartsWith("mlops_edge_replicas{service=\"tracker\",state=\"bad\"} 1", StringComparison.Ordinal)), 60, "the edge saw it");
        for (var i = 0; i < 10; i++)
            await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/api/2.0/mlflow/runs/get"));
        Assert.Empty(world.Stub("tracker", 0).Received);
        world.Stub("tracker", 1).BreakNext = true;
        await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/api/2.0/mlflow/runs/get"));
        Assert.Single(world.Stub("tracker", 0).Received);
    }

    [Fact]
    public async Task A_service_without_a_replica_that_is_ready_is_named_and_the_edge_stays_ready()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        await world.StopReplicaAsync("registry", 0);
        await Until.TrueAsync(async () => (await world.Admin.GetStringAsync("/readyz")).Contains("No replica is ready of registry.", StringComparison.Ordinal));
        using var ready = await world.Admin.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Contains("\"Degraded\"", await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
