using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>Finds the shapes of outputs from those of the inputs: dimensions of the same name have the same size.</summary>
internal sealed class ShapeSolver
{
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
        return shape.Length == 0 ? BucketTensor.Open(spec) : BucketTensor.Of(spec, shape, batchable);
    }
}
