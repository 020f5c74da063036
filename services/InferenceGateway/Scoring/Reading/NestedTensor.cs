using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>Reads a tensor from nested lists, whose depth and lengths are its shape.</summary>
internal sealed class NestedTensor
{
    private readonly TensorSpec spec;
    private readonly ArrayBufferWriter<byte> data = new();
    private readonly long[] shape = new long[TensorSlot.MaxRank];
    private int rank = -1;
    private long elements;

    private NestedTensor(TensorSpec spec)
    {
        this.spec = spec;
        Array.Fill(shape, -1);
    }

    /// <summary>Reads the value that the reader stands at.</summary>
    /// <exception cref="PlaneException">400: it is no tensor of the input's type.</exception>
    public static void Read(ref Utf8JsonReader json, TensorSpec spec, TensorSlot slot)
    {
        var tensor = new NestedTensor(spec);
        tensor.Value(ref json, depth: 0);
        slot.SetShape(tensor.shape.AsSpan(0, Math.Max(tensor.rank, tensor.KnownDepth)));
        (slot.Present, slot.Data) = (true, new ReadOnlySequence<byte>(tensor.data.WrittenMemory));
    }

    /// <summary>Lists that were seen, where the innermost are empty.</summary>
    private int KnownDepth => Array.IndexOf(shape, -1) is var open and >= 0 ? open : shape.Length;

    private void Value(ref Utf8JsonReader json, int depth)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            Leaf(ref json, depth);
            return;
        }

        if (depth == TensorSlot.MaxRank)
            throw Invalid($"has more than {TensorSlot.MaxRank} dimensions");
        if (rank >= 0 && depth >= rank)
            throw Ragged();
        var count = 0L;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            Value(ref json, depth + 1);
            count++;
        }

        if (shape[depth] >= 0 && shape[depth] != count)
            throw Ragged();
        shape[depth] = count;
    }

    private void Leaf(ref Utf8JsonReader json, int depth)
    {
        if (rank >= 0 && rank != depth)
            throw Ragged();
        rank = depth;
        if (Datatype.IsText(spec.Type))
        {
            Text(ref json);
        }
        else
        {
            var size = Datatype.SizeOf(spec.Type);
            if (!Element.TryRead(ref json, spec.Type, data.GetSpan(size)[..size]))
                throw Unfit();
            data.Advance(size);
        }

        elements++;
    }

    private void Text(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.String)
            throw Unfit();
        var text = Encoding.UTF8.GetBytes(json.GetString()!);
        BinaryPrimitives.WriteUInt32LittleEndian(data.GetSpan(sizeof(uint)), (uint)text.Length);
        data.Advance(sizeof(uint));
        data.Write(text);
    }

    private PlaneException Unfit() => Invalid($"has at position {elements} no {Datatype.NameOf(spec.Type)}");

    private PlaneException Ragged() => Invalid("is no tensor: its lists have different lengths or depths");

    private PlaneException Invalid(string why) => ScoringErrors.Invalid($"Invalid input. The value of the input '{spec.Name}' {why}.");
}
