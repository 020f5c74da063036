using System.Buffers.Binary;
using Google.Protobuf.Collections;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.OpenInference.Grpc.Wire;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Grpc;

/// <summary>A tensor's elements in the message's field of their type, and their binary form.</summary>
internal static class TypedContents
{
    private static readonly string[] Fields =
        ["bool_contents", "int_contents", "int64_contents", "uint_contents", "uint64_contents", "fp32_contents", "fp64_contents", "bytes_contents"];

    /// <summary>Bytes of the elements in binary form.</summary>
    /// <exception cref="PlaneException">400: another field is used than that of the datatype, or there is none for it.</exception>
    public static long SizeOf(TensorSpec spec, InferTensorContents contents)
    {
        var field = FieldOf(spec.Type) ?? throw Invalid($"The input '{spec.Name}' is {Datatype.NameOf(spec.Type)}, which has no field in 'contents'; send it in 'raw_input_contents'.");
        if (Used(contents, field) is { } wrong)
            throw Invalid($"The input '{spec.Name}' is {Datatype.NameOf(spec.Type)} and belongs into 'contents.{field}', not into 'contents.{wrong}'.");
        if (!Datatype.IsText(spec.Type))
            return (long)CountOf(contents, field) * Datatype.SizeOf(spec.Type);
        var bytes = 0L;
        foreach (var element in contents.BytesContents)
            bytes += sizeof(uint) + element.Length;
        return bytes;
    }

    /// <summary>Writes the elements in binary form into as many bytes as <see cref="SizeOf"/> says.</summary>
    /// <exception cref="PlaneException">400: a number does not fit the datatype.</exception>
    public static void Write(TensorSpec spec, InferTensorContents contents, Span<byte> to)
    {
        switch (spec.Type)
        {
            case TensorElementType.Bool:
                for (var i = 0; i < contents.BoolContents.Count; i++)
                    to[i] = contents.BoolContents[i] ? (byte)1 : (byte)0;
                break;
            case TensorElementType.Float:
                for (var i = 0; i < contents.Fp32Contents.Count; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(to[(i * sizeof(float))..], contents.Fp32Contents[i]);
                break;
            case TensorElementType.Double:
                for (var i = 0; i < contents.Fp64Contents.Count; i++)
                    BinaryPrimitives.WriteDoubleLittleEndian(to[(i * sizeof(double))..], contents.Fp64Contents[i]);
                break;
            case TensorElementType.Int64:
                for (var i = 0; i < contents.Int64Contents.Count; i++)
                    BinaryPrimitives.WriteInt64LittleEndian(to[(i * sizeof(long))..], contents.Int64Contents[i]);
                break;
            case TensorElementType.UInt64:
                for (var i = 0; i < contents.Uint64Contents.Count; i++)
                    BinaryPrimitives.WriteUInt64LittleEndian(to[(i * sizeof(ulong))..], contents.Uint64Contents[i]);
                break;
            case TensorElementType.String:
                foreach (var element in contents.BytesContents)
                {
                    BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)element.Length);
                    element.Span.CopyTo(to[sizeof(uint)..]);
                    to = to[(sizeof(uint) + element.Length)..];
                }

                break;
            case TensorElementType.UInt8 or TensorElementType.UInt16 or TensorElementType.UInt32:
                WriteNarrow(spec, contents.UintContents, to);
                break;
            default:
                WriteNarrow(spec, contents.IntContents, to);
                break;
        }
    }

    private static void WriteNarrow(TensorSpec spec, RepeatedField<int> values, Span<byte> to)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (spec.Type == TensorElementType.Int32)
                BinaryPrimitives.WriteInt32LittleEndian(to[(i * sizeof(int))..], value);
            else if (spec.Type == TensorElementType.Int16 && value == (short)value)
                BinaryPrimitives.WriteInt16LittleEndian(to[(i * sizeof(short))..], (short)value);
            else if (spec.Type == TensorElementType.Int8 && value == (sbyte)value)
                to[i] = (byte)value;
            else
                throw OutOfRange(spec, i, value);
        }
    }

    private static void WriteNarrow(TensorSpec spec, RepeatedField<uint> values, Span<byte> to)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (spec.Type == TensorElementType.UInt32)
                BinaryPrimitives.WriteUInt32LittleEndian(to[(i * sizeof(uint))..], value);
            else if (spec.Type == TensorElementType.UInt16 && value <= ushort.MaxValue)
                BinaryPrimitives.WriteUInt16LittleEndian(to[(i * sizeof(ushort))..], (ushort)value);
            else if (spec.Type == TensorElementType.UInt8 && value <= byte.MaxValue)
                to[i] = (byte)value;
            else
                throw OutOfRange(spec, i, value);
        }
    }

    private static string? FieldOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool => "bool_contents",
        TensorElementType.Int8 or TensorElementType.Int16 or TensorElementType.Int32 => "int_contents",
        TensorElementType.Int64 => "int64_contents",
        TensorElementType.UInt8 or TensorElementType.UInt16 or TensorElementType.UInt32 => "uint_contents",
        TensorElementType.UInt64 => "uint64_contents",
        TensorElementType.Float => "fp32_contents",
        TensorElementType.Double => "fp64_contents",
        TensorElementType.String => "bytes_contents",
        _ => null,
    };

    /// <summary>A field that holds something although it is not the one.</summary>
    private static string? Used(InferTensorContents contents, string field)
    {
        foreach (var other in Fields)
        {
            if (other != field && CountOf(contents, other) > 0)
                return other;
        }

        return null;
    }

    private static int CountOf(InferTensorContents contents, string field) => field switch
    {
        "bool_contents" => contents.BoolContents.Count,
        "int_contents" => contents.IntContents.Count,
        "int64_contents" => contents.Int64Contents.Count,
        "uint_contents" => contents.UintContents.Count,
        "uint64_contents" => contents.Uint64Contents.Count,
        "fp32_contents" => contents.Fp32Contents.Count,
        "fp64_contents" => contents.Fp64Contents.Count,
        _ => contents.BytesContents.Count,
    };

    private static PlaneException OutOfRange(TensorSpec spec, int position, long value) =>
        Invalid($"'contents' of the input '{spec.Name}' has at position {position} the number {value}, which is no {Datatype.NameOf(spec.Type)}.");

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
