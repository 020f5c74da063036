using System.Net.Http.Json;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.InferenceGateway.Tests.External;
using MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;
using MlopsPlane.InferenceGateway.Tests.Scoring;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing;

namespace MlopsPlane.InferenceGateway.Tests.Sampling;

public sealed class SamplingTests(SamplingPlane plane) : IClassFixture<SamplingPlane>, IDisposable
{
    private readonly ServingWorld world = new(plane);

    [Fact]
    public async Task A_consumer_sees_the_request_and_its_answer_under_the_predictions_id_with_columns_by_the_signature()
    {
        var name = await world.DeployFolderAsync(new { sampling = new { rate = 1 } });
        var answer = await world.InferAsync(name, """{"id":"p-1","inputs":[{"name":"x","shape":[2,4],"datatype":"FP32","data":[1,2,3,4,5,6,7,8]}]}""");
        var (request, response) = await PairAsync(name);
        Assert.Equal(("p-1", "p-1", "1.0"), (request.Id, response.Id, request.SpecVersion));
        Assert.Equal((name, world.Workspace, "predictor", "default"), (request.InferenceServiceName, request.Namespace, request.Component, request.Endpoint));
        Assert.Equal((name, 1, "main", 32, false), (request.ModelName, request.ModelVersion, request.Variant, request.PayloadBytes, request.PayloadCut));
        Assert.Equal($"/w/{world.Workspace}/v2/models/{name}", request.Source);
        Assert.Contains("X-Plane-Replica", request.Metadata, StringComparison.Ordinal);
        var input = Assert.Single(request.Data.Inputs!);
        Assert.Equal(("x", "FP32", "[1,2,3,4,5,6,7,8]"), (input.Name, input.Datatype, input.Data!.Value.GetRawText()));
        Assert.Equal([2L, 4L], input.Shape);
        Assert.Equal(["sepal_length", "sepal_width", "petal_length", "petal_width"], input.Columns!);
        Assert.Null(request.Data.Outputs);
        var output = Assert.Single(response.Data.Outputs!);
        Assert.Equal(answer.GetProperty("outputs")[0].GetProperty("data").GetRawText(), output.Data!.Value.GetRawText());
        Assert.Null(output.Columns);
    }

    [Fact]
    public async Task Requests_over_grpc_and_of_the_scoring_protocol_are_sampled_too()
    {
        var name = await world.DeployFolderAsync(new { sampling = new { rate = 1 } });
        using (var grpc = new GrpcClient(plane, world.Workspace))
        {
            var message = await grpc.InferAsync(GrpcClient.Floats(name, [1, 4], 1, 2, 3, 4));
            Assert.Equal(message.Id, (await PairAsync(name)).Request.Id);
        }

        await world.PredictAsync(name, """{"dataframe_split":{"columns":["petal_width","petal_length","sepal_width","sepal_length"],"data":[[4,3,2,1]]}}""");
        await Until.TrueAsync(() => plane.Seen.Of(name).Count == 4);
        var scored = plane.Seen.Of(name)[2].Data.Inputs![0];
        Assert.Equal("[1,2,3,4]", scored.Data!.Value.GetRawText());
    }

    [Theory]
    [InlineData("00-6bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-6bf92f3577b34da6a3ce929d0e0e4736-")]
    [InlineData("00-nothing-of-the-kind-01", null)]
    [InlineData(null, null)]
    public async Task A_sample_carries_the_trace_that_its_request_names(string? named, string? carried)
    {
        var name = await world.DeployAsync("linear.onnx", new { sampling = new { rate = 1 } });
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v2/models/{name}/infer")
        {
            Content = JsonContent.Create(ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4)),
        };
        if (named is not null)
            request.Headers.TryAddWithoutValidation("traceparent", named);
        (await world.Http.SendAsync(request)).EnsureSuccessStatusCode().Dispose();
        var (asked, answered) = await PairAsync(name);
        Assert.Equal(asked.TraceParent, answered.TraceParent);
        if (carried is null)
            Assert.Null(asked.TraceParent);
        else
            Assert.StartsWith(carried, asked.TraceParent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Payloads_above_the_bound_are_cut_out_and_the_sample_says_so()
    {
        var name = await world.DeployAsync("linear.onnx", new { sampling = new { rate = 1, maxBytes = 16 } });
        await world.InferAsync(name, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
        var (request, response) = await PairAsync(name);
        Assert.Equal((false, false), (request.PayloadCut, response.PayloadCut));
        await world.InferAsync(name, ServingWorld.Floats("x", [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
        await Until.TrueAsync(() => plane.Seen.Of(name).Count == 4);
        Assert.All(plane.Seen.Of(name).Skip(2), cut => Assert.True(cut.PayloadCut));
        var input = plane.Seen.Of(name)[2].Data.Inputs![0];
        Assert.Null(input.Data);
        Assert.Equal([2L, 4L], input.Shape);
        Assert.Equal(32, plane.Seen.Of(name)[2].PayloadBytes);
    }

    [Fact]
    public async Task Nothing_is_sampled_at_rate_0_and_about_half_at_a_half()
    {
        var (none, half) = (await world.DeployAsync("linear.onnx"), await world.DeployAsync("linear.onnx", new { sampling = new { rate = 0.5 } }));
        for (var i = 0; i < 200; i++)
        {
            await world.InferAsync(none, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
            await world.InferAsync(half, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
        }

        var last = await world.DeployAsync("linear.onnx", new { sampling = new { rate = 1 } });
        await world.InferAsync(last, ServingWorld.Floats("x", [1, 4], 1, 2, 3, 4));
        await PairAsync(last);
        Assert.Empty(plane.Seen.Of(none));
        // A hundred pairs are expected, with a standard deviation of 7.
        Assert.InRange(plane.Seen.Of(half).Count, 2 * 60, 2 * 140);
    }

    [Fact]
    public async Task A_shadows_answer_is_a_sample_when_the_request_is()
    {
        var name = $"m-{Guid.CreateVersion7():N}";
        await world.RegisterAddAsync(name, 10);
        await world.RegisterAddAsync(name, 20);
        await world.Deployments.OkAsync(HttpMethod.Post, "", new
        {
            name,
            sampling = new { rate = 1 },
            variants = new[] { new { name = "main", model = $"models:/{name}/1", weight = 100, shadow = false }, new { name = "next", model = $"models:/{name}/2", weight = 0, shadow = true } },
        });
        await world.ReadyAsync(name);
        await Until.TrueAsync(async () => (await world.Deployments.GetAsync($"/{name}/status")).GetProperty("phase").GetString() == "Ready");
        await world.InferAsync(name, """{"id":"both","inputs":[{"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}]}""");
        await Until.TrueAsync(() => plane.Seen.Of(name).Count == 4);
        Assert.All(plane.Seen.Of(name), sample => Assert.Equal("both", sample.Id));
        var shadow = Assert.Single(plane.Seen.Of(name), sample => sample.Variant == "next" && sample.Type == InferenceSample.ResponseType);
        Assert.Equal(("shadow", 2, "[21,22,23,24]"), (shadow.Endpoint, shadow.ModelVersion, shadow.Data.Outputs![0].Data!.Value.GetRawText()));
    }

    [Fact]
    public async Task What_another_server_answers_is_sampled()
    {
        await using var server = await ScriptedServer.StartAsync();
        var name = $"m-{Guid.CreateVersion7():N}";
        await world.Deployments.OkAsync(HttpMethod.Post, "", new
        {
            name,
            sampling = new { rate = 1 },
            variants = new[] { new { name = "there", runtime = "external", protocol = "oip", url = server.Url, externalModel = "m", weight = 100 } },
        });
        await world.ReadyAsync(name);
        await world.InferAsync(name, ServingWorld.Floats("x", [1, 2], 3, 4));
        var (request, response) = await PairAsync(name);
        Assert.Equal(("m", 0, "[3,4]"), (request.ModelName, request.ModelVersion, request.Data.Inputs![0].Data!.Value.GetRawText()));
        Assert.Equal("[1,2]", response.Data.Outputs![0].Data!.Value.GetRawText());
    }

    private async Task<(InferenceSample Request, InferenceSample Response)> PairAsync(string name)
    {
        await Until.TrueAsync(() => plane.Seen.Of(name).Count >= 2);
        var seen = plane.Seen.Of(name);
        Assert.Equal((InferenceSample.RequestType, InferenceSample.ResponseType), (seen[0].Type, seen[1].Type));
        return (seen[0], seen[1]);
    }

    public void Dispose() => world.Dispose();
}
