using System.Net;
using MlopsPlane.InferenceGateway.Tests.ModelStore;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing;

namespace MlopsPlane.InferenceGateway.Tests.Placement;

public sealed class HeldRequestTests
{
    [Fact]
    public async Task As_many_requests_as_are_allowed_wait_for_an_idle_model_and_the_others_are_told_so_at_once()
    {
        await using var plane = await PlaneWith.StartAsync(("Serving:HeldRequests", "1"));
        using var world = new ServingWorld(plane);
        var ones = ServingWorld.Floats("x", [1, 4], 1, 1, 1, 1);
        // Its warm-up takes longer than it takes to send some requests.
        var name = await world.DeployAsync("add-constant.onnx", new { idleUnloadSeconds = 1, warmup = new { count = 1000 } });
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("replicas")[0].GetProperty("state").GetString() == "Unloaded");
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => world.PostAsync($"{name}/infer", ones)));
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        var refused = answers.Where(answer => answer.Status != HttpStatusCode.OK).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer =>
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
            Assert.Equal($"The model '{name}' is being loaded, and 1 requests wait for it already.", answer.Body.GetProperty("error").GetString());
            Assert.NotNull(answer.Response.Headers.RetryAfter);
        });
        await world.InferAsync(name, ones);
    }
}
