using Google.Protobuf;
using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class GrpcBadInputTests : IDisposable
{
    private readonly ServingWorld world;
    private readonly GrpcClient client;

    public GrpcBadInputTests(GrpcPlane plane)
    {
        world = new ServingWorld(plane);
        client = new GrpcClient(plane, world.Workspace);
    }

    [Theory]
    [InlineData("""{"inputs":[{"name":"nope","datatype":"FP32","shape":[1,2]}]}""", "'nope'", "'x'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP64","shape":[1,2],"contents":{"fp64Contents":[1,2]}}]}""", "'x'", "FP64", "FP32")]
    [InlineData("""{"inputs":[{"name":"x","shape":[1,2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "FP32")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "[2]", "[-1,2]")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,3],"contents":{"fp32Contents":[1,2,3]}}]}""", "'x'", "[1,3]", "[-1,2]")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[2,2],"contents":{"fp32Contents":[1,2,3]}}]}""", "'x'", "3 elements", "[2,2]")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}]}""", "'x'", "0 elements")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[0,2]}]}""", "'x'", "1 or more")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[-1,2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "shape")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":["9223372036854775807",2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "more elements")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":["2147483648",2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "more elements")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "16 dimensions")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp64Contents":[1,2]}}]}""", "'x'", "fp32_contents", "fp64_contents")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2],"intContents":[1]}}]}""", "'x'", "int_contents")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}},{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}}]}""", "'x'", "twice")]
    [InlineData("""{}""", "'x'", "missing")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}}],"rawInputContents":["AAAAAAAAAAA="]}""", "'x'", "raw_input_contents")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}],"rawInputContents":["AAAAAAAAAAA=","AAAAAA=="]}""", "2 entries")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2]}],"rawInputContents":["AAAAAAA="]}""", "'x'", "5 bytes")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}}],"outputs":[{"name":"z"}]}""", "'z'", "'y'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}}],"outputs":[{"name":"y","parameters":{"classification":{"stringParam":"1"}}}]}""", "'classification'", "'y'")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}}],"parameters":{"priority":{"int64Param":9}}}""", "'priority'", "9")]
    [InlineData("""{"inputs":[{"name":"x","datatype":"FP32","shape":[1,2],"contents":{"fp32Contents":[1,2]}}],"parameters":{"timeout":{"int64Param":-9}}}""", "'timeout'")]
    public async Task A_request_that_does_not_fit_is_refused_with_the_field_and_the_rule(string message, params string[] said)
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var request = ModelInferRequest.Parser.ParseJson(message);
        request.ModelName = name;
        await client.RefusedAsync(request, StatusCode.InvalidArgument, said);
        await client.InferAsync(GrpcClient.Floats(name, [1, 2], 1, 2));
    }

    [Theory]
    [InlineData("int8", "INT8", """{"intContents":[1,128]}""", "128")]
    [InlineData("int16", "INT16", """{"intContents":[1,-32769]}""", "-32769")]
    [InlineData("uint8", "UINT8", """{"uintContents":[1,256]}""", "256")]
    [InlineData("uint16", "UINT16", """{"uintContents":[1,65536]}""", "65536")]
    public async Task A_number_that_does_not_fit_its_type_is_refused(string file, string datatype, string contents, string number)
    {
        var name = await world.DeployAsync($"identity-{file}.onnx");
        await client.RefusedAsync(
            GrpcClient.Typed(name, datatype, [1, 2], InferTensorContents.Parser.ParseJson(contents)), StatusCode.InvalidArgument, "'x'", "position 1", number, datatype);
    }

    [Fact]
    public async Task Text_that_is_not_UTF8_is_refused()
    {
        var name = await world.DeployAsync("identity-string.onnx");
        await client.RefusedAsync(GrpcClient.Typed(name, "BYTES", [1, 2], new() { BytesContents = { ByteString.CopyFrom(0xff, 0xfe), ByteString.Empty } }),
            StatusCode.InvalidArgument, "'x'", "UTF-8");
        await client.RefusedAsync(GrpcClient.Raw(name, "BYTES", [1, 2], [200, 0, 0, 0, 1]), StatusCode.InvalidArgument, "'x'", "200 bytes");
    }

    [Fact]
    public async Task Bytes_that_are_no_message_are_refused()
    {
        await GrpcClient.RefusedAsync(() => client.SendBytesAsync("ModelInfer", [0xff, 0xff, 0xff]), StatusCode.InvalidArgument, "ModelInferRequest");
        // A name of bytes that are not UTF-8.
        await GrpcClient.RefusedAsync(() => client.SendBytesAsync("ModelInfer", [0x0a, 2, 0xff, 0xfe]), StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task An_unknown_model_and_an_unknown_version_are_not_found()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        await client.RefusedAsync(GrpcClient.Floats("absent", [1, 2], 1, 2), StatusCode.NotFound, "'absent'");
        var request = GrpcClient.Floats(name, [1, 2], 1, 2);
        request.ModelVersion = "7";
        await client.RefusedAsync(request, StatusCode.NotFound, "'7'");
        request.ModelVersion = "1";
        await client.InferAsync(request);
    }

    [Fact]
    public async Task An_unknown_method_is_unimplemented() =>
        await GrpcClient.RefusedAsync(() => client.SendBytesAsync("ModelTrain", []), StatusCode.Unimplemented);

    [Fact]
    public async Task A_run_that_fails_names_the_model_and_the_node()
    {
        var name = await world.DeployAsync("gather.onnx");
        await client.RefusedAsync(GrpcClient.Typed(name, "INT64", [1], new() { Int64Contents = { 99 } }, "i"), StatusCode.InvalidArgument, name, "pick_row");
        await client.InferAsync(GrpcClient.Typed(name, "INT64", [1], new() { Int64Contents = { 3 } }, "i"));
    }

    public void Dispose()
    {
        client.Dispose();
        world.Dispose();
    }
}
