using System.Net;
using MlopsPlane.EdgeGateway.Tests.World;
using MlopsPlane.Testing;

namespace MlopsPlane.EdgeGateway.Tests.Startup;

public sealed class DrainTests
{
    [Fact]
    public async Task An_edge_that_is_told_to_stop_says_so_serves_on_and_ends_no_answer_in_the_middle()
    {
        // The later setting wins: a second or two of draining instead of the none of other tests.
        await using var world = await EdgeWorld.StartAsync(replicas: 1, "--Drain:Seconds", "2");
        using var stream = await world.Admin.GetAsync("/api/2.0/mlflow/stream", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        Assert.Equal("data: one", await reader.ReadLineAsync());
        var stopping = world.StopEdgeAsync();
        await Until.TrueAsync(async () => (await world.Admin.GetAsync("/readyz")).StatusCode == HttpStatusCode.ServiceUnavailable, 2, "not ready");
        await EdgeWorld.SucceedAsync(await world.Admin.GetAsync("/api/2.0/mlflow/runs/get"));
        await Until.TrueAsync(async () => await RefusedAsync(world), 30, "the end of listening");
        Assert.False(stopping.IsCompleted);
        world.Stub("tracker").OpenGate();
        Assert.Equal("data: two", (await reader.ReadToEndAsync()).Trim());
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Whether a new connection is refused.</summary>
    private static async Task<bool> RefusedAsync(EdgeWorld world)
    {
        using var client = world.NewClient(world.AdminKey);
        try
        {
            await client.GetAsync("/livez");
            return false;
        }
        catch (HttpRequestException)
        {
            return true;
        }
    }
}
