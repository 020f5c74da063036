using System.Buffers;
using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Loading;

/// <summary>Requests made up for a model of which only the signature is known.</summary>
internal static class GeneratedInput
{
    /// <summary>Fills an item's inputs; the same seed gives the same row.</summary>
    /// <param name="seeds">One a row.</param>
    /// <param name="open">Size of dimensions that the model leaves open, rows aside.</param>
    public static void Fill(InferenceItem item, ReadOnlySpan<int> seeds, int open)
    {
        var signature = item.Signature;
        for (var i = 0; i < signature.Inputs.Length; i++)
        {
            var (spec, slot) = (signature.Inputs[i], item.Inputs[i]);
            var shape = new long[spec.Shape.Count];
            for (var d = 0; d < shape.Length; d++)
                shape[d] = spec.Shape[d] >= 0 ? spec.Shape[d] : d == 0 ? signature.Batchable ? seeds.Length : 1 : open;
            slot.SetShape(shape);
            slot.Present = true;
            slot.Data = new ReadOnlySequence<byte>(Elements(spec, TensorSlot.ElementsOf(shape), signature.Batchable ? seeds : seeds[..1], i));
        }

        item.Rows = signature.Batchable ? seeds.Length : 1;
    }

    private static byte[] Elements(TensorSpec spec, long count, ReadOnlySpan<int> seeds, int input)
    {
        if (Datatype.IsText(spec.Type))
            return new byte[count * sizeof(uint)];
        var size = Datatype.SizeOf(spec.Type);
        var data = new byte[checked(count * size)];
        var row = (int)(count / seeds.Length);
        for (var r = 0; r < seeds.Length; r++)
        {
            var random = new Random((seeds[r] * 31) + input);
            for (var i = 0; i < row; i++)
                Write(data.AsSpan(((r * row) + i) * size, size), spec.Type, random);
        }

        return data;
    }

    /// <summary>Whole numbers are 0 or 1, which most vocabularies have; others are between -1 and 1.</summary>
    private static void Write(Span<byte> to, TensorElementType type, Random random)
    {
        var value = (random.NextSingle() * 2) - 1;
        switch (type)
        {
            case TensorElementType.Float:
                BinaryPrimitives.WriteSingleLittleEndian(to, value);
                break;
            case TensorElementType.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(to, value);
                break;
            case TensorElementType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(to, (Half)value);
                break;
            case TensorElementType.BFloat16:
                BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
                break;
            default:
                to[0] = value > 0 ? (byte)1 : (byte)0;
                break;
        }
    }
}
