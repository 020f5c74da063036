using System.Net;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Hosting;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Configuration;

public sealed class ReloadTests
{
    [Fact]
    public async Task Routes_and_replicas_change_without_a_restart()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await world.Admin.GetAsync("/api/v1/costs/x")).StatusCode);
        world.WriteRoutes(new { costs = new { Service = "registry" } });
        await Until.TrueAsync(async () => (await world.Admin.GetAsync("/api/v1/costs/x")).StatusCode == HttpStatusCode.OK, 20, "the route moved");

        await world.AddReplicaAsync("tracker");
        world.WriteRoutes();
        await Until.TrueAsync(async () =>
        {
            await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => world.Admin.GetAsync("/api/2.0/mlflow/runs/get")));
            return !world.Stub("tracker", 1).Received.IsEmpty;
        }, 20, "the new replica gets requests");
    }

    [Fact]
    public async Task A_faulty_change_is_refused_as_a_whole_and_the_old_routes_stay()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        world.WriteRoutes(new { costs = new { Service = "registry", Path = "no-slash" } });
        await Until.TrueAsync(async () => (await world.Admin.GetAsync("/api/2.0/mlflow/runs/get")).StatusCode == HttpStatusCode.OK, 2, "it serves on");
        world.WriteRoutes(new { costs = new { Service = "registry" } });
        await Until.TrueAsync(async () => (await world.Admin.GetAsync("/api/v1/costs/x")).StatusCode == HttpStatusCode.OK, 20, "a good change is taken");
    }

    [Theory]
    [InlineData("Edge:HealthSeconds", "0", "HealthSeconds")]
    [InlineData("Edge:Limits:BurstSeconds", "61", "BurstSeconds")]
    [InlineData("Edge:Limits:IdentityReadsPerSecond", "0", "IdentityReadsPerSecond")]
    [InlineData("Edge:CertificateFile", "/nowhere", "CertificateKeyFile")]
    [InlineData("Identity:ClusterSecret", "short", "32 characters")]
    public void A_wrong_setting_is_named_at_the_start(string key, string value, string named)
    {
        var refused = Assert.Throws<StartRefusedException>(() => PlaneHost.Build(
            CommandLine.Parse("--Identity:ClusterSecret", "a secret of the cluster that is long enough", $"--{key}", value),
            new PlaneHostOptions("edge", Embedded: false) { Edge = true }, new EdgeModule()));
        Assert.Contains(named, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_edge_without_the_cluster_s_secret_does_not_start() =>
        Assert.Throws<StartRefusedException>(() => PlaneHost.Build(
            CommandLine.Parse(), new PlaneHostOptions("edge", Embedded: false) { Edge = true }, new EdgeModule()));
}
