using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Scoring.Reading;

/// <summary>The rows of one input, of which cells come in any order.</summary>
/// <param name="places">Cells of a row.</param>
internal sealed class InputCells(TensorSpec spec, int places)
{
    private readonly int size = Datatype.SizeOf(spec.Type);
    private readonly int inner = places > 1 ? 1 : ElementsOfARow(spec);
    private int cell = -1;
    private byte[] data = [];
    private byte[]?[] texts = [];

    /// <summary>Writes the value that the reader stands at: one element, or a list of those of one row.</summary>
    /// <returns>False when it is none of the input's type.</returns>
    public bool TryWrite(ref Utf8JsonReader json, int row, int place)
    {
        if (json.TokenType == JsonTokenType.StartObject)
            return false;
        if (json.TokenType != JsonTokenType.StartArray)
            return TakesElements(1) && TryElement(ref json, Index(row, place));
        var count = 0;
        var counted = json;
        for (var depth = 1; depth > 0 && counted.Read();)
        {
            if (counted.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                depth += counted.TokenType == JsonTokenType.StartArray ? 1 : -1;
            else if (counted.TokenType == JsonTokenType.StartObject)
                return false;
            else
                count++;
        }

        if (!TakesElements(count))
            return false;
        var at = Index(row, place);
        for (var i = 0; i < count;)
        {
            json.Read();
            if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.EndArray)
                continue;
            if (!TryElement(ref json, at + i++))
                return false;
        }

        json = counted;
        return true;
    }

    /// <summary>Writes what a cell of CSV says.</summary>
    /// <inheritdoc cref="TryWrite(ref Utf8JsonReader, int, int)"/>
    public bool TryWrite(string text, int row, int place)
    {
        if (!TakesElements(1))
            return false;
        var at = Index(row, place);
        if (!Datatype.IsText(spec.Type))
            return Element.TryRead(text, spec.Type, Bytes(at));
        Text(at) = Encoding.UTF8.GetBytes(text);
        return true;
    }

    /// <summary>Writes that a cell was not sent.</summary>
    /// <returns>False when the input has nothing for that.</returns>
    public bool TryWriteMissing(int row, int place) =>
        !Datatype.IsText(spec.Type) && TakesElements(1) && Element.TryWriteMissing(spec.Type, Bytes(Index(row, place)));

    /// <summary>Makes the rows the input of a request.</summary>
    public void Give(TensorSlot slot, int rows)
    {
        var known = Math.Max(cell, 1);
        long[] shape = places > 1 ? [rows, places] : spec.Shape.Count <= 1 ? [rows] : [rows, .. spec.Shape.Skip(1).Select(dimension => dimension < 0 ? known : dimension)];
        slot.SetShape(shape);
        slot.Present = true;
        var elements = Elements(rows);
        slot.Data = Datatype.IsText(spec.Type) ? new(TextBytes(elements)) : new(data, 0, checked((int)(elements * size)));
    }

    /// <summary>Elements of a row by the model; -1 where that depends on what is sent.</summary>
    private static int ElementsOfARow(TensorSpec spec)
    {
        var elements = 1L;
        foreach (var dimension in spec.Shape.Skip(1))
        {
            // One open dimension is as long as the first list; of several nobody knows which is which.
            if (dimension < 0)
                return spec.Shape.Count == 2 ? -1 : -2;
            elements = Math.Min(elements * dimension, int.MaxValue);
        }

        return (int)elements;
    }

    private bool TakesElements(int count)
    {
        if (cell < 0 && (inner == -1 || inner == count))
            cell = count;
        return cell == count && count > 0;
    }

    private long Index(int row, int place) => ((long)row * places + place) * cell;

    private long Elements(int rows) => (long)rows * places * Math.Max(cell, 0);

    private bool TryElement(ref Utf8JsonReader json, long at)
    {
        if (!Datatype.IsText(spec.Type))
            return Element.TryRead(ref json, spec.Type, Bytes(at));
        if (json.TokenType != JsonTokenType.String)
            return false;
        Text(at) = Encoding.UTF8.GetBytes(json.GetString()!);
        return true;
    }

    private Span<byte> Bytes(long at)
    {
        var end = (at + 1) * size;
        if (end > Array.MaxLength)
            throw ScoringErrors.TooLarge();
        if (end > data.Length)
            Array.Resize(ref data, (int)Math.Min(Math.Max(end, Math.Max(256, data.Length * 2L)), Array.MaxLength));
        return data.AsSpan((int)(at * size), size);
    }

    private ref byte[]? Text(long at)
    {
        if (at >= Array.MaxLength)
            throw ScoringErrors.TooLarge();
        if (at >= texts.Length)
            Array.Resize(ref texts, (int)Math.Min(Math.Max(at + 1, Math.Max(16, texts.Length * 2L)), Array.MaxLength));
        return ref texts[at];
    }

    private byte[] TextBytes(long elements)
    {
        var bytes = new ArrayBufferWriter<byte>();
        for (var i = 0L; i < elements; i++)
        {
            var text = texts[i] ?? [];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.GetSpan(sizeof(uint)), (uint)text.Length);
            bytes.Advance(sizeof(uint));
            bytes.Write(text);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
