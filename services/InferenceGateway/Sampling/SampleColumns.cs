using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Sampling;

/// <summary>Which columns of the model's signature a tensor's rows hold; as the scoring protocol takes a data frame apart.</summary>
internal static class SampleColumns
{
    /// <summary>The columns of each tensor; null where the signature tells none.</summary>
    /// <param name="fields">The signature's inputs, or outputs.</param>
    public static IReadOnlyList<string>[]? Of(IReadOnlyList<MlflowField> fields, TensorSpec[] tensors)
    {
        string[] names = [.. fields.Where(field => field.Shape is null).Select(field => field.Name).OfType<string>()];
        if (names.Length == 0 || names.Length != fields.Count)
            return null;
        if (Array.TrueForAll(tensors, tensor => Array.IndexOf(names, tensor.Name) >= 0))
            return Array.ConvertAll(tensors, IReadOnlyList<string> (tensor) => [tensor.Name]);
        return tensors.Length == 1 ? [names] : null;
    }

    /// <summary>The columns, where a row has one element for each.</summary>
    public static IReadOnlyList<string>? Fit(IReadOnlyList<string>? columns, ReadOnlySpan<long> shape) =>
        columns is not null && columns.Count == (shape.Length > 1 ? shape[^1] : 1) ? columns : null;
}
