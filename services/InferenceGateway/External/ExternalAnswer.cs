using System.Buffers;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Scoring.Reading;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>Reads another server's answer in the inference protocol into a request's outputs, whose tensors are left where they lie.</summary>
internal static class ExternalAnswer
{
    private const long MaxEmptySize = 1 << 20;

    /// <param name="header">Bytes of the JSON; the tensors in binary form follow it.</param>
    /// <exception cref="PlaneException">502: it is no answer of this model.</exception>
    public static void Read(ExternalServer server, InferenceItem item, ReadOnlyMemory<byte> body, int header)
    {
        try
        {
            using var json = JsonDocument.Parse(body[..header]);
            var rest = body[header..];
            var seen = new bool[item.Outputs.Length];
            foreach (var output in json.RootElement.GetProperty("outputs").EnumerateArray())
            {
                var binary = SizeOf(output);
                if (binary > rest.Length || binary < -1)
                    throw server.Unreadable("it ends before its tensors do");
                var data = binary >= 0 ? rest[..(int)binary] : (ReadOnlyMemory<byte>?)null;
                rest = binary >= 0 ? rest[(int)binary..] : rest;
                var position = item.Signature.OutputOf(output.GetProperty("name").GetString() ?? throw new FormatException());
                if (position < 0)
                    continue;
                Take(server, item.Signature.Outputs[position], item.Outputs[position], output, data);
                seen[position] = true;
            }

            if (Array.IndexOf(seen, false) is >= 0 and var missing)
                throw server.Unreadable($"it has no output '{item.Signature.Outputs[missing].Name}'");
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw server.Unreadable("it is not of the inference protocol");
        }
    }

    /// <summary>Bytes of the tensor behind the JSON; -1 when it is in it.</summary>
    private static long SizeOf(JsonElement output) =>
        output.TryGetProperty("parameters", out var parameters) && parameters.TryGetProperty("binary_data_size", out var size) ? size.GetInt64() : -1;

    private static void Take(ExternalServer server, TensorSpec spec, TensorSlot slot, JsonElement output, ReadOnlyMemory<byte>? binary)
    {
        if (output.GetProperty("datatype").GetString() != Datatype.NameOf(spec.Type))
            throw server.Unreadable($"its output '{spec.Name}' is no {Datatype.NameOf(spec.Type)}");
        long[] shape = [.. output.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
        if (binary is { } data)
            slot.Data = new ReadOnlySequence<byte>(data);
        else
            Elements(output.GetProperty("data"), spec, slot);
        // What an empty tensor promises costs nothing to send, and much to write out.
        if (TensorSlot.ElementsOf(shape) == 0 && shape.Any(size => size > MaxEmptySize))
            throw server.Unreadable($"its output '{spec.Name}' has no elements, and a dimension of more than {MaxEmptySize}");
        if (shape.Length > TensorSlot.MaxRank || !Fits(spec, shape, slot.Data.FirstSpan))
            throw server.Unreadable($"its output '{spec.Name}' has not the elements of its shape");
        slot.SetShape(shape);
    }

    private static void Elements(JsonElement data, TensorSpec spec, TensorSlot slot)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(data.GetRawText()));
        json.Read();
        try
        {
            NestedTensor.Read(ref json, spec, slot);
        }
        catch (PlaneException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    private static bool Fits(TensorSpec spec, long[] shape, ReadOnlySpan<byte> data)
    {
        var elements = TensorSlot.ElementsOf(shape);
        if (!Datatype.IsText(spec.Type))
            return elements >= 0 && elements <= int.MaxValue && elements * Datatype.SizeOf(spec.Type) == data.Length;
        for (; elements > 0 && data.Length >= sizeof(uint); elements--)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data);
            if (length > data.Length - sizeof(uint))
                return false;
            data = data[(sizeof(uint) + (int)length)..];
        }

        return elements == 0 && data.Length == 0;
    }
}
