using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>
/// Classifiers made from scikit-learn give a map from class to probability for each row, which no inference protocol can
/// carry. It becomes a tensor with a row for a row and a column for a class, the classes in ascending order.
/// </summary>
internal static class Probabilities
{
    /// <exception cref="OnnxRuntimeException">The value is something else.</exception>
    public static OrtValue Flatten(OrtValue sequence)
    {
        var rows = new List<float[]>();
        sequence.ProcessSequence((row, _) => row.ProcessMap(
            (keys, values) => rows.Add(Row(keys, values.GetTensorDataAsSpan<float>())), OrtAllocator.DefaultInstance), OrtAllocator.DefaultInstance);
        var columns = rows.Count == 0 ? 0 : rows[0].Length;
        var flat = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, TensorElementType.Float, [rows.Count, columns]);
        var to = flat.GetTensorMutableDataAsSpan<float>();
        for (var i = 0; i < rows.Count; i++)
            rows[i].CopyTo(to[(i * columns)..]);
        return flat;
    }

    private static float[] Row(OrtValue keys, ReadOnlySpan<float> values)
    {
        var row = values.ToArray();
        if (keys.GetTensorTypeAndShape().ElementDataType == TensorElementType.String)
            Array.Sort(keys.GetStringTensorAsArray(), row, StringComparer.Ordinal);
        else
            Array.Sort(keys.GetTensorDataAsSpan<long>().ToArray(), row);
        return row;
    }
}
