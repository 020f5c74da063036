using System.Buffers;
using System.Buffers.Binary;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>Copies answers out of values that ONNX Runtime made, for outputs of which nothing was known before.</summary>
internal static class OutputCopy
{
    /// <exception cref="RowsLostException">The model does not give a row for a row.</exception>
    public static void From(IReadOnlyList<OrtValue> values, bool batchable, ReadOnlySpan<InferenceItem> items)
    {
        // An answer to one request is all its own.
        batchable &= items.Length > 1;
        var rows = 0;
        foreach (var item in items)
            rows += item.Rows;
        var shapes = new long[values.Count][];
        var sizes = new int[values.Count];
        for (var i = 0; i < values.Count; i++)
        {
            (shapes[i], sizes[i]) = Measure(values[i]);
            if (batchable && (shapes[i].Length == 0 || shapes[i][0] != rows || Datatype.IsText(TypeOf(values[i]))))
                throw new RowsLostException();
        }

        var row = 0;
        foreach (var item in items)
        {
            var total = 0L;
            foreach (var size in sizes)
                total += batchable ? size / Math.Max(1, rows) * item.Rows : size;
            var buffer = item.OutputBuffer(checked((int)total));
            var at = 0;
            for (var i = 0; i < values.Count; i++)
            {
                item.Outputs[i].SetShape(shapes[i]);
                var bytes = sizes[i];
                if (batchable)
                {
                    bytes = sizes[i] / Math.Max(1, rows);
                    values[i].GetTensorMutableRawData().Slice(bytes * row, bytes * item.Rows).CopyTo(buffer.AsSpan(at));
                    bytes *= item.Rows;
                    item.Outputs[i].ResetShape(shapes[i].Length)[0] = item.Rows;
                }
                else
                {
                    Write(values[i], buffer.AsSpan(at, bytes));
                }

                item.Outputs[i].Data = new ReadOnlySequence<byte>(buffer, at, bytes);
                at += bytes;
            }

            row += item.Rows;
        }
    }

    private static TensorElementType TypeOf(OrtValue value) => value.GetTensorTypeAndShape().ElementDataType;

    private static (long[] Shape, int Bytes) Measure(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        if (!Datatype.IsText(info.ElementDataType))
            return (info.Shape, checked((int)(info.ElementCount * Datatype.SizeOf(info.ElementDataType))));
        var bytes = 0;
        for (var i = 0; i < info.ElementCount; i++)
            bytes = checked(bytes + sizeof(uint) + value.GetStringElementAsSpan(i).Length);
        return (info.Shape, bytes);
    }

    private static void Write(OrtValue value, Span<byte> to)
    {
        var info = value.GetTensorTypeAndShape();
        if (!Datatype.IsText(info.ElementDataType))
        {
            value.GetTensorMutableRawData().CopyTo(to);
            return;
        }

        for (var i = 0; i < info.ElementCount; i++)
        {
            var text = value.GetStringElementAsSpan(i);
            BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)text.Length);
            text.CopyTo(to[sizeof(uint)..]);
            to = to[(sizeof(uint) + text.Length)..];
        }
    }
}

/// <summary>A model that was run with rows of several requests gave an answer that cannot be divided among them.</summary>
internal sealed class RowsLostException : Exception;
