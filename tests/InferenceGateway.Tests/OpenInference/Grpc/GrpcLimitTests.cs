using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class GrpcLimitTests(GrpcPlane plane, NarrowGrpcPlane narrow) : IClassFixture<NarrowGrpcPlane>
{
    [Fact]
    public async Task A_message_that_is_too_large_is_refused()
    {
        using var world = new ServingWorld(narrow);
        using var client = new GrpcClient(narrow, world.Workspace);
        var name = await world.DeployAsync("identity-fp32.onnx");
        // The rest of the message has some bytes too.
        var rows = (NarrowGrpcPlane.MaxBytes / 8) - 100;
        var fits = await client.InferAsync(GrpcClient.Raw(name, "FP32", [rows, 2], new byte[rows * 8]));
        Assert.Equal(rows * 8, fits.RawOutputContents[0].Length);
        rows += 100;
        await client.RefusedAsync(GrpcClient.Raw(name, "FP32", [rows, 2], new byte[rows * 8]), StatusCode.ResourceExhausted);
        await client.InferAsync(GrpcClient.Floats(name, [1, 2], 1, 2));
    }

    [Fact]
    public async Task More_than_the_server_takes_over_HTTP_otherwise_is_taken()
    {
        using var world = new ServingWorld(plane);
        using var client = new GrpcClient(plane, world.Workspace);
        var name = await world.DeployAsync("identity-fp32.onnx");
        const int rows = 7 << 20;
        var answer = await client.InferAsync(GrpcClient.Raw(name, "FP32", [rows, 2], new byte[rows * 8]));
        Assert.Equal(rows * 8, answer.RawOutputContents[0].Length);
    }

    [Fact]
    public async Task A_full_queue_says_when_to_come_again()
    {
        using var world = new ServingWorld(plane);
        using var client = new GrpcClient(plane, world.Workspace);
        await using var held = await HeldModel.DeployAsync(plane, world);
        using var stop = new CancellationTokenSource();
        using var first = client.StartInfer(Row(held.Name), ct: stop.Token);
        await held.WaitsAsync(1);
        var full = await client.RefusedAsync(Row(held.Name), StatusCode.Unavailable, "full");
        Assert.Equal("1", full.Trailers.GetValue("retry-after"));
        await stop.CancelAsync();
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await first)).StatusCode);
        await held.WaitsAsync(0);
    }

    [Fact]
    public async Task A_deadline_that_passes_in_the_queue_ends_the_wait_and_frees_the_place()
    {
        using var world = new ServingWorld(plane);
        using var client = new GrpcClient(plane, world.Workspace);
        await using var held = await HeldModel.DeployAsync(plane, world);
        using var call = client.StartInfer(Row(held.Name), TimeSpan.FromSeconds(2));
        await held.WaitsAsync(1);
        Assert.Equal(StatusCode.DeadlineExceeded, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
        await held.WaitsAsync(0);
    }

    [Fact]
    public async Task A_timeout_of_the_request_is_unavailable()
    {
        using var world = new ServingWorld(plane);
        using var client = new GrpcClient(plane, world.Workspace);
        await using var held = await HeldModel.DeployAsync(plane, world);
        var request = Row(held.Name);
        request.Parameters["timeout"] = new() { Uint64Param = 20_000 };
        await client.RefusedAsync(request, StatusCode.Unavailable, "timeout");
    }

    [Theory]
    [InlineData("gzip", true)]
    [InlineData("identity", false)]
    public async Task Whoever_compresses_is_answered_so(string encoding, bool compressed)
    {
        using var world = new ServingWorld(plane);
        var name = await world.DeployAsync("identity-fp32.onnx");
        var sent = new ByteRecord();
        using var handler = new SocketsHttpHandler { PlaintextStreamFilter = (context, _) => ValueTask.FromResult<Stream>(new CountingStream(context.PlaintextStream, sent)) };
        using var client = new GrpcClient(plane, world.Workspace, handler: handler);
        client.Headers.Add("grpc-internal-encoding-request", encoding);
        var answer = await client.InferAsync(GrpcClient.Raw(name, "FP32", [5000, 2], new byte[40_000]));
        Assert.Equal(40_000, answer.RawOutputContents[0].Length);
        Assert.Equal((compressed, compressed), (sent.Written < 10_000, sent.Read < 10_000));
    }

    private static ModelInferRequest Row(string name) => GrpcClient.Floats(name, [2, 4], 1, 2, 3, 4, 5, 6, 7, 8);
}
