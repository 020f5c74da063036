using System.Globalization;
using System.Net;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Placement;

public abstract partial class PlacementTests
{
    private const string InferPath = "/v2/models/{0}/infer";
    private const string InferBody = """{"inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,1,1,1]}]}""";

    [Theory]
    [InlineData(InferPath, InferBody)]
    [InlineData("/deployments/{0}/invocations", """{"inputs":[[1,1,1,1]]}""")]
    public async Task A_request_whose_body_comes_while_its_model_moves_to_another_replica_is_answered_there(string path, string body)
    {
        await using var second = await SecondReplica.StartAsync(plane, "second");
        var (name, response) = await MovedMeanwhileAsync(path, new HaltingContent(body));
        using (response)
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            Assert.Equal(Assert.Single(await PlacementsAsync(name)).GetProperty("replica").GetString(), response.Headers.GetValues("X-Plane-Replica").Single());
        }
    }

    [Fact]
    public async Task A_compressed_request_whose_model_moves_meanwhile_is_asked_to_come_again()
    {
        await using var second = await SecondReplica.StartAsync(plane, "second");
        var (name, response) = await MovedMeanwhileAsync(InferPath, new HaltingContent(InferBody, compressed: true));
        using (response)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Contains($"The model '{name}' is not ready: it was moved", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    /// <summary>A request whose body halts until its model has been moved from one replica to another.</summary>
    private async Task<(string Name, HttpResponseMessage Response)> MovedMeanwhileAsync(string path, HaltingContent slow)
    {
        using (slow)
        {
            var name = await world.DeployAsync("add-constant.onnx", new { replicas = 1, pin = new[] { "first" } });
            await world.InferAsync(name, Ones);
            var answer = world.Http.PostAsync(string.Format(CultureInfo.InvariantCulture, path, name), slow);
            await slow.Halted;
            await world.Deployments.OkAsync(HttpMethod.Patch, $"/{name}", """{"pin":["second"]}""", "application/merge-patch+json");
            await Until.TrueAsync(async () => (await NamesAsync(name)).SequenceEqual(["second"]) && await AnswersAsync(name, "second"));
            slow.GoOn();
            return (name, await answer);
        }
    }

    /// <summary>Whether a replica answers requests for the deployment.</summary>
    private async Task<bool> AnswersAsync(string name, string replica)
    {
        var (_, _, response) = await world.PostAsync($"{name}/infer", Ones);
        using (response)
        {
            return (await PlacementsAsync(name)).Any(placed => placed.GetProperty("name").GetString() == replica
                && response.Headers.TryGetValues("X-Plane-Replica", out var by) && by.Single() == placed.GetProperty("replica").GetString());
        }
    }
}
