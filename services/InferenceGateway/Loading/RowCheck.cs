using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>
/// Finds out whether rows of different requests may share a run: two rows together must give what each gives alone. A
/// model that counts rows but mixes them, by a mean over the batch say, would answer everybody wrongly otherwise.
/// </summary>
internal static class RowCheck
{
    // Kernels for one row and for several add up in different orders.
    private const double Tolerance = 1e-3;
    private const double SmallestScale = 1e-6;
    private static readonly int[] OpenSizes = [8, 1];

    /// <summary>Why rows must not be mixed; null when they may.</summary>
    public static string? Refusal(OnnxModel model, ModelSignature signature)
    {
        string? refusal = null;
        foreach (var open in OpenSizes)
        {
            try
            {
                using var options = new RunOptions();
                var (first, second, both) = (Run(model, signature, [1], open, options), Run(model, signature, [2], open, options), Run(model, signature, [1, 2], open, options));
                return Compare(signature, first, second, both);
            }
            catch (OnnxRuntimeException failure)
            {
                refusal = $"it could not be run with made-up rows: {OnnxException.Of(failure).Message}";
            }
        }

        return refusal;
    }

    private static InferenceItem Run(OnnxModel model, ModelSignature signature, ReadOnlySpan<int> seeds, int open, RunOptions options)
    {
        var item = new InferenceItem(signature);
        GeneratedInput.Fill(item, seeds, open);
        PlainRun.Run(model, item, options);
        return item;
    }

    private static string? Compare(ModelSignature signature, InferenceItem first, InferenceItem second, InferenceItem both)
    {
        for (var i = 0; i < signature.Outputs.Length; i++)
        {
            var (name, type) = (signature.Outputs[i].Name, signature.Outputs[i].Type);
            var (one, two, together) = (first.Outputs[i], second.Outputs[i], both.Outputs[i]);
            if (one.Rank == 0 || one.Shape[0] != 1 || two.Shape[0] != 1 || together.Shape[0] != 2)
                return $"its output '{name}' has not a row for a row";
            if (together.Data.Length != one.Data.Length + two.Data.Length)
                return $"the rows of its output '{name}' depend on each other's size";
            var half = (int)one.Data.Length;
            if (!Same(together.Data.FirstSpan[..half], one.Data.FirstSpan, type) || !Same(together.Data.FirstSpan[half..], two.Data.FirstSpan, type))
                return $"the rows of its output '{name}' depend on each other";
        }

        return null;
    }

    private static bool Same(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, TensorElementType type)
    {
        if (a.SequenceEqual(b))
            return true;
        if (type is not (TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16))
            return false;
        var size = Datatype.SizeOf(type);
        // Near is meant by what the output has at most: probabilities of many classes are all small.
        var largest = SmallestScale;
        for (var i = 0; i < b.Length; i += size)
        {
            if (Math.Abs(Value(b[i..], type)) is var value && double.IsFinite(value))
                largest = Math.Max(largest, value);
        }

        var tolerance = largest * (type is TensorElementType.Float16 or TensorElementType.BFloat16 ? Tolerance * 20 : Tolerance);
        for (var i = 0; i < a.Length; i += size)
        {
            var (one, other) = (Value(a[i..], type), Value(b[i..], type));
            if (!one.Equals(other) && !(Math.Abs(one - other) <= tolerance))
                return false;
        }

        return true;
    }

    private static double Value(ReadOnlySpan<byte> element, TensorElementType type) => type switch
    {
        TensorElementType.Float => BinaryPrimitives.ReadSingleLittleEndian(element),
        TensorElementType.Double => BinaryPrimitives.ReadDoubleLittleEndian(element),
        TensorElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
    };
}
