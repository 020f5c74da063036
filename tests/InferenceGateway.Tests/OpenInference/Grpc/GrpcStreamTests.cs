using System.Globalization;
using System.Runtime.InteropServices;
using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class GrpcStreamTests : IDisposable
{
    private readonly GrpcPlane plane;
    private readonly ServingWorld world;
    private readonly GrpcClient client;

    public GrpcStreamTests(GrpcPlane plane)
    {
        this.plane = plane;
        world = new ServingWorld(plane);
        client = new GrpcClient(plane, world.Workspace);
    }

    [Fact]
    public async Task A_hundred_requests_are_answered_in_their_order_and_a_bad_one_harms_none()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using var stream = client.Stream();
        var answers = ReadAsync(stream);
        for (var i = 0; i < 100; i++)
            await stream.RequestStream.WriteAsync(i == 50 ? Request(name, i, "FP64") : Request(name, i));
        await stream.RequestStream.CompleteAsync();
        var all = await answers;
        Assert.Equal(Enumerable.Range(0, 100).Select(Text), all.Select(one => one.InferResponse.Id));
        Assert.Contains("FP64", all[50].ErrorMessage, StringComparison.Ordinal);
        Assert.Empty(all[50].InferResponse.Outputs);
        Assert.All(all.Where((_, i) => i != 50), one =>
        {
            var number = float.Parse(one.InferResponse.Id, CultureInfo.InvariantCulture);
            Assert.Equal(("", number, -number), (one.ErrorMessage, Values(one)[0], Values(one)[1]));
        });
    }

    [Fact]
    public async Task An_answer_comes_before_the_stream_ends()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using var stream = client.Stream();
        for (var i = 0; i < 3; i++)
        {
            await stream.RequestStream.WriteAsync(Request(name, i));
            Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal(i, Values(stream.ResponseStream.Current)[0]);
        }

        await stream.RequestStream.CompleteAsync();
        Assert.False(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Whoever_asks_for_statuses_gets_one_after_the_answers_before_it()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        using var stream = client.Stream(new Metadata.Entry("triton_grpc_error", "true"));
        await stream.RequestStream.WriteAsync(Request(name, 1));
        await stream.RequestStream.WriteAsync(Request("absent", 2));
        Assert.True(await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("1", stream.ResponseStream.Current.InferResponse.Id);
        await GrpcClient.RefusedAsync(() => stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken), StatusCode.NotFound, "'absent'");
    }

    [Fact]
    public async Task A_stream_has_a_bounded_number_of_requests_under_way_and_a_client_that_goes_takes_them_along()
    {
        await using var held = await HeldModel.DeployAsync(plane, world, queue: 100);
        using var stream = client.Stream();
        for (var i = 0; i < 60; i++)
            await stream.RequestStream.WriteAsync(GrpcClient.Floats(held.Name, [2, 4], 1, 2, 3, 4, 5, 6, 7, 8));
        await held.WaitsAsync(GrpcStream.MaxUnderWay);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal(GrpcStream.MaxUnderWay, held.Waiting);
        stream.Dispose();
        await held.WaitsAsync(0);
    }

    private static ModelInferRequest Request(string name, int number, string datatype = "FP32")
    {
        var request = GrpcClient.Typed(name, datatype, [1, 2], new() { Fp32Contents = { number, -number } });
        request.Id = Text(number);
        return request;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static float[] Values(ModelStreamInferResponse answer) => MemoryMarshal.Cast<byte, float>(answer.InferResponse.RawOutputContents[0].Span).ToArray();

    private static async Task<List<ModelStreamInferResponse>> ReadAsync(AsyncDuplexStreamingCall<ModelInferRequest, ModelStreamInferResponse> stream)
    {
        var all = new List<ModelStreamInferResponse>();
        while (await stream.ResponseStream.MoveNext(CancellationToken.None))
            all.Add(stream.ResponseStream.Current);
        return all;
    }

    public void Dispose()
    {
        client.Dispose();
        world.Dispose();
    }
}
