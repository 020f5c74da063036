using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference;

/// <summary>Whether a request's tensors fit the version that it goes to; so that nothing that cannot run is queued.</summary>
internal static class ItemRules
{
    // Dimensions of a tensor without elements cost nothing to send; what they promise is made by the model.
    private const long MaxEmptySize = 1 << 20;
    private const int MostShown = 100;
    private const int MostNames = 10;

    /// <summary>Checks every input and counts the rows.</summary>
    /// <exception cref="PlaneException">400, naming the input and the rule.</exception>
    public static void Check(InferenceItem item)
    {
        var signature = item.Signature;
        long rows = 1;
        for (var i = 0; i < signature.Inputs.Length; i++)
        {
            var (spec, slot) = (signature.Inputs[i], item.Inputs[i]);
            if (!slot.Present)
                throw Invalid($"The input '{spec.Name}' is missing.");
            CheckShape(spec, slot);
            CheckData(spec, slot);
            if (!signature.Batchable)
                continue;
            if (i > 0 && slot.Shape[0] != rows)
                throw Invalid($"The inputs '{signature.Inputs[0].Name}' and '{spec.Name}' must have the same first dimension; they have {rows} and {slot.Shape[0]}.");
            rows = slot.Shape[0];
            if (rows is 0 or > int.MaxValue)
                throw Invalid($"The first dimension of the input '{spec.Name}' must be 1 or more.");
        }

        item.Rows = (int)rows;
    }

    /// <summary>As <see cref="Check"/>, for who only wants to know.</summary>
    public static bool Fits(InferenceItem item)
    {
        try
        {
            Check(item);
            return true;
        }
        catch (PlaneException)
        {
            return false;
        }
    }

    private static void CheckShape(TensorSpec spec, TensorSlot slot)
    {
        var shape = slot.Shape;
        // A shape that the file leaves open looks like that of a single number.
        if (spec.Shape.Count == 0)
            return;
        var fits = shape.Length == spec.Shape.Count;
        for (var i = 0; fits && i < shape.Length; i++)
            fits = spec.Shape[i] < 0 || spec.Shape[i] == shape[i];
        if (!fits)
            throw Invalid($"The input '{spec.Name}' has shape {Text(shape)}; the model takes {Text([.. spec.Shape])}.");
    }

    private static void CheckData(TensorSpec spec, TensorSlot slot)
    {
        var elements = ElementsOf(spec, slot);
        if (elements == 0 && !IsSmall(slot.Shape))
            throw Invalid($"The shape {Text(slot.Shape)} of the input '{spec.Name}' has no elements; its other dimensions may come to {MaxEmptySize} together.");
        if (Datatype.IsText(spec.Type))
        {
            CheckText(spec.Name, slot, elements);
            return;
        }

        var size = Datatype.SizeOf(spec.Type);
        if (slot.Data.Length != elements * size)
            throw Invalid($"The input '{spec.Name}' has {Amount(slot.Data.Length, size)}; its shape {Text(slot.Shape)} and datatype {Datatype.NameOf(spec.Type)} need {elements * size} bytes, which are {elements} elements.");
    }

    /// <summary>Elements of an input's shape.</summary>
    /// <exception cref="PlaneException">400: no tensor has so many.</exception>
    public static long ElementsOf(TensorSpec spec, TensorSlot slot) => TensorSlot.ElementsOf(slot.Shape) is >= 0 and <= int.MaxValue and var elements
        ? elements
        : throw Invalid($"The shape {Text(slot.Shape)} of the input '{spec.Name}' has more elements than a tensor can hold.");

    /// <summary>What somebody sent, as an error repeats it.</summary>
    public static string Shown(string sent) => ShownText.Of(sent, MostShown);

    /// <summary>Names of a model's tensors, of many the first.</summary>
    public static string Names(TensorSpec[] tensors) =>
        string.Join(", ", tensors.Take(MostNames).Select(tensor => $"'{tensor.Name}'")) + (tensors.Length > MostNames ? $" and {tensors.Length - MostNames} more" : "");

    private static bool IsSmall(ReadOnlySpan<long> shape)
    {
        var product = 1L;
        foreach (var size in shape)
        {
            if (size > MaxEmptySize || (product *= Math.Max(1, size)) > MaxEmptySize)
                return false;
        }

        return true;
    }

    private static string Amount(long bytes, int size) => bytes % size == 0 ? $"{bytes / size} elements" : $"{bytes} bytes";

    private static void CheckText(string name, TensorSlot slot, long elements)
    {
        var rest = slot.Data;
        Span<byte> prefix = stackalloc byte[sizeof(uint)];
        for (var i = 0L; i < elements; i++)
        {
            if (rest.Length < sizeof(uint))
                throw Invalid($"The input '{name}' has {i} elements; its shape {Text(slot.Shape)} needs {elements}.");
            rest.Slice(0, sizeof(uint)).CopyTo(prefix);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(prefix);
            rest = rest.Slice(sizeof(uint));
            if (length > rest.Length)
                throw Invalid($"Element {i} of the input '{name}' says that it has {length} bytes; {rest.Length} are left.");
            if (!IsUtf8(rest.Slice(0, length)))
                throw Invalid($"Element {i} of the input '{name}' is not UTF-8.");
            rest = rest.Slice(length);
        }

        if (rest.Length > 0)
            throw Invalid($"The input '{name}' has {rest.Length} bytes after its {elements} elements.");
    }

    private static bool IsUtf8(ReadOnlySequence<byte> text)
    {
        if (text.IsSingleSegment)
            return Utf8.IsValid(text.FirstSpan);
        return Utf8.IsValid(text.ToArray());
    }

    public static string Text(ReadOnlySpan<long> shape) => $"[{string.Join(',', shape.ToArray())}]";

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
