using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>
/// The protocol's classification extension: instead of a tensor its highest elements, each as the text
/// <c>value:position</c>. The last dimension counts classes.
/// </summary>
internal static class Classification
{
    /// <summary>Turns the answer's tensor into the texts of its highest classes, highest first.</summary>
    /// <returns>The type that it has now.</returns>
    public static TensorElementType Apply(TensorSlot output, TensorElementType type)
    {
        var shape = output.Shape.ToArray();
        var classes = shape.Length == 0 ? 1 : (int)shape[^1];
        var values = Read(output.Data.FirstSpan, type);
        var asked = Math.Min(output.Classes, classes);
        var texts = new ArrayBufferWriter<byte>();
        var order = new int[classes];
        for (var row = 0; row + classes <= values.Length && classes > 0; row += classes)
        {
            for (var i = 0; i < classes; i++)
                order[i] = i;
            var start = row;
            Array.Sort(order, (a, b) => values[start + b].CompareTo(values[start + a]) is var by && by != 0 ? by : a.CompareTo(b));
            foreach (var position in order.AsSpan(0, asked))
                Write(texts, string.Create(CultureInfo.InvariantCulture, $"{values[row + position]}:{position}"));
        }

        output.SetShape(shape.Length == 0 ? [asked] : [.. shape[..^1], asked]);
        output.Data = new ReadOnlySequence<byte>(texts.WrittenMemory);
        return TensorElementType.String;
    }

    private static void Write(ArrayBufferWriter<byte> texts, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        BinaryPrimitives.WriteUInt32LittleEndian(texts.GetSpan(sizeof(uint)), (uint)bytes.Length);
        texts.Advance(sizeof(uint));
        texts.Write(bytes);
    }

    private static double[] Read(ReadOnlySpan<byte> data, TensorElementType type)
    {
        var size = Datatype.SizeOf(type);
        var values = new double[data.Length / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = Value(data.Slice(i * size, size), type);
        return values;
    }

    private static double Value(ReadOnlySpan<byte> element, TensorElementType type) => type switch
    {
        TensorElementType.Float => Exact(BinaryPrimitives.ReadSingleLittleEndian(element)),
        TensorElementType.Double => BinaryPrimitives.ReadDoubleLittleEndian(element),
        TensorElementType.Float16 => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
        TensorElementType.BFloat16 => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(element) << 16),
        TensorElementType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(element),
        TensorElementType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(element),
        TensorElementType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(element),
        TensorElementType.Int8 => (sbyte)element[0],
        TensorElementType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(element),
        TensorElementType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(element),
        TensorElementType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(element),
        _ => element[0],
    };

    /// <summary>The shortest decimal number that is this float, so that it is written as the float would be.</summary>
    private static double Exact(float value) =>
        float.IsFinite(value) ? double.Parse(value.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) : value;
}
