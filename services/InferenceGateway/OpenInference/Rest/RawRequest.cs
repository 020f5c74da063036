using System.Buffers;
using System.Buffers.Binary;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>
/// The raw form of the binary extension, header length 0: the body is the model's only input, one row of it, and every
/// output comes back in binary form.
/// </summary>
internal static class RawRequest
{
    /// <exception cref="PlaneException">400: the model cannot take it.</exception>
    public static InferRequest Read(InferenceItem item, ReadOnlySequence<byte> body)
    {
        if (item.Signature.Inputs is not [var spec])
            throw Invalid($"Raw binary data needs a model with one input; this one has {item.Signature.Inputs.Length}.");
        var slot = item.Inputs[0];
        Span<long> shape = stackalloc long[spec.Shape.Count];
        var (open, known) = (-1, 1L);
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = i == 0 && item.Signature.Batchable ? 1 : spec.Shape[i];
            if (shape[i] >= 0)
                known *= shape[i];
            else if (open >= 0)
                throw Invalid($"Raw binary data needs an input with at most one variable dimension; '{spec.Name}' has shape {ItemRules.Text([.. spec.Shape])}.");
            else
                open = i;
        }

        if (Datatype.IsText(spec.Type))
            body = AsElement(item, body);
        else if (open >= 0)
            shape[open] = known == 0 ? 0 : body.Length / (known * Datatype.SizeOf(spec.Type));
        if (open >= 0 && Datatype.IsText(spec.Type))
            shape[open] = 1;
        slot.SetShape(shape);
        (slot.Present, slot.Data) = (true, body);
        return new InferRequest { BinaryOutput = true };
    }

    /// <summary>The whole body is the text of the only element.</summary>
    private static ReadOnlySequence<byte> AsElement(InferenceItem item, ReadOnlySequence<byte> body)
    {
        var bytes = checked((int)body.Length + sizeof(uint));
        var buffer = item.InputBuffer(bytes);
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, (uint)body.Length);
        body.CopyTo(buffer.AsSpan(sizeof(uint)));
        return new ReadOnlySequence<byte>(buffer, 0, bytes);
    }

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
