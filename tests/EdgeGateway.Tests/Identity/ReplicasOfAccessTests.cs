using System.Net;
using System.Net.Http.Json;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;
using MlopsPlane.Web.Identity.Tokens;

namespace MlopsPlane.EdgeGateway.Tests.Identity;

public sealed class ReplicasOfAccessTests
{
    [Fact]
    public async Task With_one_replica_of_Access_gone_the_other_tells_who_calls()
    {
        // Nothing listens on port 1; the world appends the real one.
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Services:Access", "http://127.0.0.1:1;{access}");
        await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/api/2.0/mlflow/runs/get"));
        var (client, _) = await world.ServiceAccountAsync("fresh", "writer");
        var answer = await EdgeWorld.SucceedAsync(await client.GetAsync("/api/2.0/mlflow/runs/get"));
        Assert.Equal("service:fresh", answer.GetProperty("caller").GetString());
    }

    [Fact]
    public async Task A_caller_with_as_many_grants_as_one_may_have_is_served()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        var (client, _) = await world.ServiceAccountAsync("many", "writer", "team-0");
        for (var i = 1; i < 100; i++)
            await EdgeWorld.SucceedAsync(await world.Admin.PostAsJsonAsync("/api/v1/access/grants", new { subject = "service:many", workspace = $"team-{i}", role = "writer" }));
        await Until.TrueAsync(async () => (await client.GetAsync("/w/team-99/api/2.0/mlflow/runs/get")).StatusCode == HttpStatusCode.OK, 10, "the last grant");
        var answer = await EdgeWorld.SucceedAsync(await client.GetAsync("/w/team-99/api/2.0/mlflow/runs/get"));
        Assert.InRange(answer.GetProperty("headers").GetProperty(IdentityTokens.Header.ToLowerInvariant()).GetString()!.Length, 1, 16 * 1024);
    }
}
