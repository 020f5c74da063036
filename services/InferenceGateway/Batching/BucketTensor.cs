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

    /// <summary>Its shape is known before the model runs.</summary>
    public bool IsKnown => UnitShape is not null;

    /// <param name="shape">Of the whole tensor; its elements fit into an array.</param>
    public static BucketTensor Of(TensorSpec spec, long[] shape, bool batchable)
    {
        var unit = batchable ? shape[1..] : shape;
        return new(spec.Name, spec.Type, unit, TensorSlot.ElementsOf(unit) * Datatype.SizeOf(spec.Type));
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
