using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Grpc.Core;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tests.Serving;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

public sealed class GrpcInferTests : IDisposable
{
    private readonly ServingWorld world;
    private readonly GrpcClient client;

    public GrpcInferTests(GrpcPlane plane)
    {
        world = new ServingWorld(plane);
        client = new GrpcClient(plane, world.Workspace);
    }

    /// <summary>Two elements of every type: in their field, and as bytes.</summary>
    public static TheoryData<string, string, string> Datatypes { get; } = new()
    {
        { "bool", "BOOL", """{"boolContents":[true,false]}""" },
        { "int8", "INT8", """{"intContents":[-128,127]}""" },
        { "int16", "INT16", """{"intContents":[-32768,32767]}""" },
        { "int32", "INT32", """{"intContents":[-2147483648,2147483647]}""" },
        { "int64", "INT64", """{"int64Contents":["-9223372036854775808","9223372036854775807"]}""" },
        { "uint8", "UINT8", """{"uintContents":[0,255]}""" },
        { "uint16", "UINT16", """{"uintContents":[1,65535]}""" },
        { "uint32", "UINT32", """{"uintContents":[1,4294967295]}""" },
        { "uint64", "UINT64", """{"uint64Contents":["1","18446744073709551615"]}""" },
        { "fp16", "FP16", "" },
        { "bf16", "BF16", "" },
        { "fp32", "FP32", """{"fp32Contents":["NaN",-1.5]}""" },
        { "fp64", "FP64", """{"fp64Contents":["-Infinity",0.1]}""" },
        { "string", "BYTES", """{"bytesContents":["aMOp","8J+YgA=="]}""" },
    };

    [Theory]
    [MemberData(nameof(Datatypes))]
    public async Task Every_datatype_comes_back_bit_for_bit_and_as_over_HTTP(string file, string datatype, string contents)
    {
        var name = await world.DeployAsync($"identity-{file}.onnx");
        var data = BytesOf(datatype);
        var raw = await client.InferAsync(GrpcClient.Raw(name, datatype, [1, 2], data));
        var output = Assert.Single(raw.Outputs);
        Assert.Equal(("y", datatype, "1,2"), (output.Name, output.Datatype, string.Join(',', output.Shape)));
        Assert.Equal(data, Assert.Single(raw.RawOutputContents).ToByteArray());
        if (contents.Length > 0)
        {
            var typed = await client.InferAsync(GrpcClient.Typed(name, datatype, [1, 2], InferTensorContents.Parser.ParseJson(contents)));
            Assert.Equal(data, Assert.Single(typed.RawOutputContents).ToByteArray());
        }
        else
        {
            await client.RefusedAsync(GrpcClient.Typed(name, datatype, [1, 2], new() { IntContents = { 1, 2 } }), StatusCode.InvalidArgument, "'x'", datatype, "raw_input_contents");
        }

        Assert.Equal(data, await OverHttpAsync(name, datatype, data));
    }

    [Fact]
    public async Task Rows_of_a_real_model_answer_as_over_HTTP()
    {
        var name = await world.DeployAsync("linear.onnx");
        float[] rows = [1, 2, 3, 4, 5, 6, 7, 8];
        var answer = await client.InferAsync(GrpcClient.Floats(name, [2, 4], rows));
        Assert.Equal(await OverHttpAsync(name, "FP32", MemoryMarshal.AsBytes(rows.AsSpan()).ToArray(), "[2,4]"), answer.RawOutputContents[0].ToByteArray());
    }

    [Fact]
    public async Task An_answer_names_its_version_its_variant_and_an_id()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var request = GrpcClient.Floats(name, [1, 2], 1, 2);
        using var call = client.StartInfer(request);
        var (headers, answer) = (await call.ResponseHeadersAsync, await call);
        Assert.Equal((name, "1"), (answer.ModelName, answer.ModelVersion));
        Assert.True(Guid.TryParse(answer.Id, out _));
        Assert.Equal(answer.Id, headers.GetValue("x-plane-prediction-id"));
        Assert.Equal(("1", "main"), (headers.GetValue("x-plane-model-version"), headers.GetValue("x-plane-variant")));
        Assert.Equal((answer.Id, "main"), (answer.Parameters["prediction_id"].StringParam, answer.Parameters["variant"].StringParam));
        (request.Id, request.ModelVersion) = ("mine", "1");
        Assert.Equal("mine", (await client.InferAsync(request)).Id);
    }

    [Fact]
    public async Task Outputs_are_chosen_and_inputs_come_in_any_order()
    {
        var name = await world.DeployAsync("addsub.onnx");
        var request = new ModelInferRequest { ModelName = name, Outputs = { new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "OUTPUT1" } } };
        foreach (var (input, factor) in new[] { ("INPUT1", 1), ("INPUT0", 3) })
        {
            request.Inputs.Add(new ModelInferRequest.Types.InferInputTensor
            {
                Name = input,
                Datatype = "INT32",
                Shape = { 1, 16 },
                Contents = new() { IntContents = { Enumerable.Range(0, 16).Select(i => i * factor) } },
            });
        }

        var answer = await client.InferAsync(request);
        Assert.Equal("OUTPUT1", Assert.Single(answer.Outputs).Name);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => 2 * i), MemoryMarshal.Cast<byte, int>(answer.RawOutputContents[0].Span).ToArray());
    }

    [Fact]
    public async Task The_highest_classes_are_named_when_they_are_asked_for()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        var request = GrpcClient.Floats(name, [2, 2], 0.1f, 0.9f, 0.7f, 0.2f);
        request.Outputs.Add(new ModelInferRequest.Types.InferRequestedOutputTensor { Name = "y", Parameters = { ["classification"] = new() { Int64Param = 1 } } });
        var answer = await client.InferAsync(request);
        Assert.Equal(("BYTES", "2,1"), (answer.Outputs[0].Datatype, string.Join(',', answer.Outputs[0].Shape)));
        Assert.Equal("\u0005\0\0\00.9:1\u0005\0\0\00.7:0", answer.RawOutputContents[0].ToString(Encoding.UTF8));
    }

    [Fact]
    public async Task Answers_are_those_of_their_own_requests_under_load()
    {
        var name = await world.DeployAsync("identity-fp32.onnx");
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            var answer = await client.InferAsync(GrpcClient.Floats(name, [1, 2], i, -i));
            Assert.Equal([i, -i], MemoryMarshal.Cast<byte, float>(answer.RawOutputContents[0].Span).ToArray());
        });
    }

    private async Task<byte[]> OverHttpAsync(string name, string datatype, byte[] data, string shape = "[1,2]")
    {
        using var response = await world.PostBinaryAsync(name,
            $$$"""{"inputs":[{"name":"x","shape":{{{shape}}},"datatype":"{{{datatype}}}","parameters":{"binary_data_size":{{{data.Length}}}}}],"parameters":{"binary_data_output":true}}""", data);
        var body = await response.Content.ReadAsByteArrayAsync();
        Assert.True(response.IsSuccessStatusCode, Encoding.UTF8.GetString(body));
        return body[int.Parse(response.Headers.GetValues("Inference-Header-Content-Length").Single(), System.Globalization.CultureInfo.InvariantCulture)..];
    }

    private static byte[] BytesOf(string datatype) => datatype switch
    {
        "BOOL" => [1, 0],
        "INT8" => Bytes<sbyte>(-128, 127),
        "INT16" => Bytes<short>(-32768, 32767),
        "INT32" => Bytes(int.MinValue, int.MaxValue),
        "INT64" => Bytes(long.MinValue, long.MaxValue),
        "UINT8" => [0, 255],
        "UINT16" => Bytes<ushort>(1, 65535),
        "UINT32" => Bytes<uint>(1, uint.MaxValue),
        "UINT64" => Bytes<ulong>(1, ulong.MaxValue),
        "FP16" => Bytes((Half)1.5, Half.NegativeInfinity),
        "BF16" => [0x80, 0x3f, 0x00, 0xc0],
        "FP32" => Bytes(float.NaN, -1.5f),
        "FP64" => Bytes(double.NegativeInfinity, 0.1),
        _ => [3, 0, 0, 0, .. "hé"u8, 4, 0, 0, 0, .. "😀"u8],
    };

    private static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public void Dispose()
    {
        client.Dispose();
        world.Dispose();
    }
}
