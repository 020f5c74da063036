using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>Finds the shapes of outputs from those of the inputs: dimensions of the same name have the same size.</summary>
internal sealed class ShapeSolver
{
    // An output of more bytes a row is left to the library, which makes no more of it than there is.
    private const long MaxRowBytes = 256L * 1024 * 1024;
    private readonly Dictionary<string, long> sizes = new(StringComparer.Ordinal);

    /// <param name="known">The inputs' rows, in the order of their specs.</param>
    public ShapeSolver(TensorSpec[] inputs, BucketTensor[] known)
    {
        foreach (var (spec, tensor) in inputs.Zip(known))
        {
            var skipped = spec.Shape.Count - tensor.UnitShape!.Length;
            for (var i = Math.Max(0, skipped); i < spec.Symbols.Count; i++)
            {
                if (spec.Symbols[i].Length > 0)
                    sizes[spec.Symbols[i]] = tensor.UnitShape[i - skipped];
            }
        }
    }

    /// <summary>The output's rows; open when a dimension depends on the data.</summary>
    public BucketTensor Solve(TensorSpec spec, bool batchable)
    {
        var shape = new long[spec.Shape.Count];
        for (var i = 0; i < shape.Length; i++)
        {
            if (batchable && i == 0)
                continue;
            if (spec.Shape[i] >= 0)
                shape[i] = spec.Shape[i];
            else if (i >= spec.Symbols.Count || !sizes.TryGetValue(spec.Symbols[i], out shape[i]))
                return BucketTensor.Open(spec);
        }

        // A shape that the file leaves open looks like that of a single number.
        if (shape.Length == 0)
            return BucketTensor.Open(spec);
        var elements = TensorSlot.ElementsOf(shape.AsSpan(batchable ? 1 : 0));
        return elements < 0 || elements > MaxRowBytes / Datatype.SizeOf(spec.Type) ? BucketTensor.Open(spec) : BucketTensor.Of(spec, shape, batchable);
    }
}
