using System.Collections.Frozen;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlopsPlane.InferenceGateway.Tensors;

/// <summary>Element types as the Open Inference Protocol names them, and what they are to ONNX Runtime.</summary>
internal static class Datatype
{
    public const string Bytes = "BYTES";

    private static readonly FrozenDictionary<string, TensorElementType> ByName =
        Enum.GetValues<TensorElementType>().Where(type => NameOf(type) is not null).ToFrozenDictionary(type => NameOf(type)!, StringComparer.Ordinal);

    /// <summary>Name in the protocol; null for a type that it cannot carry.</summary>
    public static string? NameOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool => "BOOL",
        TensorElementType.UInt8 => "UINT8",
        TensorElementType.UInt16 => "UINT16",
        TensorElementType.UInt32 => "UINT32",
        TensorElementType.UInt64 => "UINT64",
        TensorElementType.Int8 => "INT8",
        TensorElementType.Int16 => "INT16",
        TensorElementType.Int32 => "INT32",
        TensorElementType.Int64 => "INT64",
        TensorElementType.Float16 => "FP16",
        TensorElementType.BFloat16 => "BF16",
        TensorElementType.Float => "FP32",
        TensorElementType.Double => "FP64",
        TensorElementType.String => Bytes,
        _ => null,
    };

    /// <summary>The type that the protocol calls so; null for a name that is none.</summary>
    public static TensorElementType? Of(string name) => ByName.TryGetValue(name, out var type) ? type : null;

    /// <summary>Bytes of an element; 0 for text, whose elements differ.</summary>
    public static int SizeOf(TensorElementType type) => type switch
    {
        TensorElementType.Bool or TensorElementType.UInt8 or TensorElementType.Int8 => 1,
        TensorElementType.UInt16 or TensorElementType.Int16 or TensorElementType.Float16 or TensorElementType.BFloat16 => 2,
        TensorElementType.UInt32 or TensorElementType.Int32 or TensorElementType.Float => 4,
        TensorElementType.UInt64 or TensorElementType.Int64 or TensorElementType.Double => 8,
        _ => 0,
    };

    /// <summary>Whether elements can be written as JSON; the protocol has no JSON form for the 16-bit floats.</summary>
    public static bool HasJsonForm(TensorElementType type) => type is not (TensorElementType.Float16 or TensorElementType.BFloat16);

    public static bool IsText(TensorElementType type) => type == TensorElementType.String;
}
