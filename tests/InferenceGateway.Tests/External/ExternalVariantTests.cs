using System.Net;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tests.ModelStore;
using MlopsPlane.InferenceGateway.Tests.Scoring;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.External;

public sealed class ExternalVariantTests(AllInOneOnSqlite plane, ExternalPlane outside) : IClassFixture<ExternalPlane>, IDisposable
{
    private readonly ServingWorld world = new(plane);
    private readonly ServingWorld other = new(outside);

    [Fact]
    public async Task Requests_are_shared_between_a_model_here_and_one_on_another_server()
    {
        var there = await other.DeployAsync("linear.onnx");
        var name = $"m-{Guid.CreateVersion7():N}";
        var version = await world.RegisterAsync(name, "linear.onnx");
        await DeployAsync(name,
            new { name = "here", model = $"models:/{name}/{version}", weight = 50 },
            new { name = "there", runtime = "external", protocol = "oip", url = AddressOf(outside, other), externalModel = there, weight = 50 });
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        await Until.TrueAsync(async () =>
        {
            var (status, answer, response) = await world.PostAsync($"{name}/infer", ServingWorld.Floats("x", [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
            using (response)
            {
                Assert.Equal(HttpStatusCode.OK, status);
                var variant = response.Headers.GetValues("X-Plane-Variant").Single();
                Assert.Equal(variant == "here" ? "1" : "0", response.Headers.GetValues("X-Plane-Model-Version").Single());
                answers[variant] = answer.GetProperty("outputs").GetRawText();
            }

            return answers.Count == 2;
        });
        Assert.Equal(answers["here"], answers["there"]);
        await PhaseAsync(name, "Ready");
        Assert.Equal(
            await world.PredictAsync(name, """{"inputs":[[1,2,3,4]]}"""),
            await other.PredictAsync(there, """{"inputs":[[1,2,3,4]]}"""));
    }

    [Theory]
    [InlineData("identity-string.onnx", """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":["h\u00e9",""]}]}""")]
    [InlineData("addsub.onnx", """{"inputs":[{"name":"INPUT0","shape":[1,16],"datatype":"INT32","data":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]},{"name":"INPUT1","shape":[1,16],"datatype":"INT32","data":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}]}""")]
    [InlineData("identity-bool.onnx", """{"inputs":[{"name":"x","shape":[1,2],"datatype":"BOOL","data":[true,false]}]}""")]
    public async Task Tensors_of_every_kind_pass_through(string file, string request)
    {
        var there = await other.DeployAsync(file);
        var name = await DeployThereAsync(there);
        Assert.Equal((await other.InferAsync(there, request)).GetProperty("outputs").GetRawText(), (await world.InferAsync(name, request)).GetProperty("outputs").GetRawText());
        using var metadata = JsonDocument.Parse(await world.Http.GetStringAsync($"/v2/models/{name}"));
        Assert.Equal("external", metadata.RootElement.GetProperty("platform").GetString());
    }

    [Fact]
    public async Task What_does_not_fit_the_other_servers_model_is_refused_here()
    {
        var name = await DeployThereAsync(await other.DeployAsync("linear.onnx"));
        await world.RefusedAsync(name, ServingWorld.Floats("x", [1, 3], 1, 2, 3), HttpStatusCode.BadRequest, "'x'", "[1,3]", "[-1,4]");
    }

    [Fact]
    public async Task A_server_that_is_gone_is_named_and_harms_no_other_variant()
    {
        var dying = await PlaneWith.StartAsync();
        using var third = new ServingWorld(dying);
        var there = await third.DeployAsync("linear.onnx");
        var name = $"m-{Guid.CreateVersion7():N}";
        var version = await world.RegisterAsync(name, "linear.onnx");
        await DeployAsync(name,
            new { name = "here", model = $"models:/{name}/{version}", weight = 50 },
            new { name = "there", runtime = "external", protocol = "oip", url = AddressOf(dying, third), externalModel = there, weight = 50 });
        third.Dispose();
        await dying.DisposeAsync();
        var (answered, unavailable) = (0, 0);
        while (answered == 0 || unavailable == 0)
        {
            var (status, answer, response) = await world.PostAsync($"{name}/infer", ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
            response.Dispose();
            if (status == HttpStatusCode.OK)
            {
                answered++;
                continue;
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
            Assert.Contains("'there'", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
            unavailable++;
        }
    }

    [Fact]
    public async Task A_server_that_comes_later_is_found_and_another_model_of_it_is_loaded()
    {
        var (there, name) = ($"m-{Guid.CreateVersion7():N}", $"m-{Guid.CreateVersion7():N}");
        await world.Deployments.CreateAsync(new { name, pool = "default", variants = new[] { Variant(there) } });
        await PhaseAsync(name, "Failed");
        var reason = (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("replicas")[0].GetProperty("reason").GetString();
        Assert.Contains(there, reason, StringComparison.Ordinal);
        var version = await other.RegisterAsync(there, "linear.onnx");
        await other.DeployVersionAsync(there, $"models:/{there}/{version}");
        await Until.TrueAsync(async () => (await world.Http.GetAsync($"/v2/models/{name}/ready")).IsSuccessStatusCode);
        Assert.Equal("[1,3]", (await world.InferAsync(name, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4))).GetProperty("outputs")[0].GetProperty("shape").GetRawText());
        var second = await other.DeployAsync("identity-fp32.onnx");
        await world.Deployments.OkAsync(HttpMethod.Patch, $"/{name}", JsonSerializer.Serialize(new { variants = new[] { Variant(second) } }), "application/merge-patch+json");
        await Until.TrueAsync(async () =>
        {
            var (status, _, response) = await world.PostAsync($"{name}/infer", ServingWorld.Floats("x", [1, 2], 1, 2));
            response.Dispose();
            return status == HttpStatusCode.OK;
        });
    }

    [Fact]
    public async Task While_another_model_cannot_be_had_the_last_good_one_goes_on_and_says_so()
    {
        var name = await DeployThereAsync(await other.DeployAsync("linear.onnx"));
        await world.Deployments.OkAsync(HttpMethod.Patch, $"/{name}", JsonSerializer.Serialize(new { variants = new[] { Variant("nothing-of-the-kind") } }), "application/merge-patch+json");
        await PhaseAsync(name, "Degraded");
        var reason = (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("replicas")[0].GetProperty("reason").GetString();
        Assert.Contains("says 404", reason, StringComparison.Ordinal);
        await world.InferAsync(name, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
    }

    private static string AddressOf(PlaneFixture server, ServingWorld inside) => $"{server.Address.ToString().TrimEnd('/')}/w/{inside.Workspace}";

    private object Variant(string there) => new { name = "there", runtime = "external", protocol = "oip", url = AddressOf(outside, other), externalModel = there };

    private async Task<string> DeployThereAsync(string there)
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        await DeployAsync(name, Variant(there));
        return name;
    }

    private Task PhaseAsync(string name, string phase) => Until.TrueAsync(
        async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("phase").GetString() == phase, what: $"{name} is {phase}");

    private async Task DeployAsync(string name, params object[] variants)
    {
        await world.Deployments.CreateAsync(new { name, pool = "default", variants });
        await world.ReadyAsync(name);
    }

    public void Dispose()
    {
        other.Dispose();
        world.Dispose();
    }
}
