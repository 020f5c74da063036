using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>One tensor of a bucket: what a row of it is, and where its rows begin.</summary>
/// <param name="UnitShape">Shape of a row; of the whole tensor where the model does not count rows. Null while it depends on the data.</param>
/// <param name="UnitBytes">Bytes of that.</param>
internal sealed record BucketTensor(string Name, TensorElementType Type, long[]? UnitShape, long UnitBytes)
{
    /// <summary>Where it begins, in bytes for each row of the bucket's capacity.</summary>
    public long Offset { get; set; }

    // More than that is left to the library, which makes no more of it than there is.
    private const long MaxUnitBytes = 256L * 1024 * 1024;

    /// <summary>Its shape is known before the model runs.</summary>
    public bool IsKnown => UnitShape is not null;

    public static BucketTensor Of(TensorSpec spec, long[] shape, bool batchable)
    {
        var unit = batchable ? shape[1..] : shape;
        var elements = TensorSlot.ElementsOf(unit);
        return elements is < 0 or > MaxUnitBytes ? Open(spec) : new(spec.Name, spec.Type, unit, elements * Datatype.SizeOf(spec.Type));
    }

    public static BucketTensor Open(TensorSpec spec) => new(spec.Name, spec.Type, null, 0);

    /// <summary>Shape of as many rows.</summary>
    public long[] ShapeFor(int rows, bool batchable) => batchable ? [rows, .. UnitShape!] : UnitShape!;

    /// <inheritdoc cref="ShapeFor(int, bool)"/>
    public void ShapeFor(int rows, TensorSlot slot, bool batchable)
    {
        var shape = slot.ResetShape(UnitShape!.Length + (batchable ? 1 : 0));
        if (batchable)
            shape[0] = rows;
        UnitShape.CopyTo(shape[(batchable ? 1 : 0)..]);
    }
}
