using Microsoft.AspNetCore.Http;
using MlopsPlane.InferenceGateway.Tests.External;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class PostgresServingTests(AllInOneOnPostgres plane)
{
    [Fact]
    public async Task A_deployment_answers_follows_its_alias_and_is_rolled_back_on_PostgreSQL_too()
    {
        using var world = new ServingWorld(plane);
        await world.RegisterAddAsync("add", 10);
        await world.RegisterAddAsync("add", 20);
        await world.Deployments.AliasAsync("add", "champion", 1);
        await world.DeployVersionAsync("add", "models:/add@champion");
        Assert.Equal(11, await FirstAsync(world));
        await world.Deployments.AliasAsync("add", "champion", 2);
        await Until.TrueAsync(async () => await FirstAsync(world) == 21);
        await world.Deployments.OkAsync(HttpMethod.Post, "/add/rollback");
        await Until.TrueAsync(async () => await FirstAsync(world) == 11);
        Assert.Contains("rolled-back", await world.Deployments.EventsAsync("add"));
    }

    [Fact]
    public async Task What_another_server_says_is_kept_though_PostgreSQL_takes_no_NUL()
    {
        using var world = new ServingWorld(plane);
        await using var server = await ScriptedServer.StartAsync();
        server.About = http =>
        {
            http.Response.StatusCode = 500;
            return http.Response.WriteAsync("a\0b\ud800");
        };
        await world.Deployments.CreateAsync(new { name = "odd", pool = "default", variants = new[] { new { name = "there", runtime = "external", protocol = "oip", url = server.Url } } });
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync("/odd")).GetProperty("phase").GetString() == "Failed");
        Assert.Contains("says 500: a", (await world.Deployments.GetAsync("/odd/status")).GetProperty("replicas")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    private static async Task<float> FirstAsync(ServingWorld world) =>
        (await world.InferAsync("add", ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4))).GetProperty("outputs")[0].GetProperty("data")[0].GetSingle();
}
