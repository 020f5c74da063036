using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Google.Protobuf;
using MlopsPlane.Bench.Inference.Load;

namespace MlopsPlane.Bench.Inference;

/// <summary>The same tensor in each protocol.</summary>
internal static class Requests
{
    public static float[] Row(int length) => [.. Enumerable.Range(0, length).Select(i => i % 7 * 0.125f)];

    public static byte[] Json(string model, int[] shape, int rows = 1)
    {
        var data = string.Join(',', Row(rows * shape.Aggregate(1, (a, b) => a * b)).Select(value => value.ToString(CultureInfo.InvariantCulture)));
        var body = "{\"inputs\":[{\"name\":\"x\",\"shape\":[" + rows + "," + string.Join(',', shape) + "],\"datatype\":\"FP32\",\"data\":[" + data + "]}]}";
        return HttpExchange.Post($"/v2/models/{model}/infer", "application/json", Encoding.ASCII.GetBytes(body));
    }

    public static byte[] Binary(string model, params int[] shape)
    {
        var data = MemoryMarshal.AsBytes(Row(shape.Aggregate(1, (a, b) => a * b)).AsSpan());
        var header = Encoding.ASCII.GetBytes(
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1," + string.Join(',', shape) + "],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":" + data.Length
            + "}}],\"parameters\":{\"binary_data_output\":true}}");
        return HttpExchange.Post($"/v2/models/{model}/infer", "application/octet-stream", [.. header, .. data], $"Inference-Header-Content-Length: {header.Length}\r\n");
    }

    /// <summary>A ModelInferRequest (serving protocol, field numbers of grpc_service.proto).</summary>
    public static byte[] Grpc(string model, params int[] shape)
    {
        var data = MemoryMarshal.AsBytes(Row(shape.Aggregate(1, (a, b) => a * b)).AsSpan()).ToArray();
        var tensor = Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString("x");
            output.WriteTag(2, WireFormat.WireType.LengthDelimited);
            output.WriteString("FP32");
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(Message(packed =>
            {
                packed.WriteInt64(1);
                foreach (var size in shape)
                    packed.WriteInt64(size);
            })));
        });
        return Message(output =>
        {
            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteString(model);
            output.WriteTag(5, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(tensor));
            output.WriteTag(7, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(data));
        });
    }

    public const string GrpcMethod = "/inference.GRPCInferenceService/ModelInfer";

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
            write(output);
        return bytes.ToArray();
    }
}
