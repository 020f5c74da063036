using System.Buffers.Binary;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>
/// Reads the elements of a tensor from JSON, flat or nested, into their binary form, which is how a tensor goes through
/// the rest of the gateway.
/// </summary>
/// <param name="start">Where in the item's buffer they begin.</param>
/// <param name="shaped">Elements of the tensor's shape.</param>
internal ref struct JsonTensor(InferenceItem item, string input, TensorElementType type, int start, long shaped)
{
    private byte[] buffer = item.InputBuffer(0);
    private int end = start;
    private int elements;

    /// <summary>Reads the array that the reader stands before.</summary>
    /// <returns>Position after the last byte in the item's buffer.</returns>
    /// <exception cref="PlaneException">400: an element is not one of the type.</exception>
    public int Read(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartArray)
            throw Invalid("must be an array");
        for (var depth = 1; depth > 0;)
        {
            json.Read();
            switch (json.TokenType)
            {
                case JsonTokenType.StartArray:
                    depth++;
                    break;
                case JsonTokenType.EndArray:
                    depth--;
                    break;
                default:
                    if (elements >= shaped)
                        throw Invalid($"has more elements than its shape, which has {shaped}");
                    Element(ref json);
                    elements++;
                    break;
            }
        }

        return end;
    }

    private void Element(ref Utf8JsonReader json)
    {
        switch (type)
        {
            case TensorElementType.Float when json.TokenType == JsonTokenType.Number && json.TryGetSingle(out var value) && float.IsFinite(value):
                BinaryPrimitives.WriteSingleLittleEndian(Room(sizeof(float)), value);
                break;
            case TensorElementType.Double when json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value) && double.IsFinite(value):
                BinaryPrimitives.WriteDoubleLittleEndian(Room(sizeof(double)), value);
                break;
            case TensorElementType.Int64 when json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var value):
                BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);
                break;
            case TensorElementType.Int32 when json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var value):
                BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);
                break;
            case TensorElementType.Int16 when json.TokenType == JsonTokenType.Number && json.TryGetInt16(out var value):
                BinaryPrimitives.WriteInt16LittleEndian(Room(sizeof(short)), value);
                break;
            case TensorElementType.Int8 when json.TokenType == JsonTokenType.Number && json.TryGetSByte(out var value):
                Room(1)[0] = (byte)value;
                break;
            case TensorElementType.UInt64 when json.TokenType == JsonTokenType.Number && json.TryGetUInt64(out var value):
                BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);
                break;
            case TensorElementType.UInt32 when json.TokenType == JsonTokenType.Number && json.TryGetUInt32(out var value):
                BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);
                break;
            case TensorElementType.UInt16 when json.TokenType == JsonTokenType.Number && json.TryGetUInt16(out var value):
                BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), value);
                break;
            case TensorElementType.UInt8 when json.TokenType == JsonTokenType.Number && json.TryGetByte(out var value):
                Room(1)[0] = value;
                break;
            case TensorElementType.Bool when json.TokenType is JsonTokenType.True or JsonTokenType.False:
                Room(1)[0] = json.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
                break;
            case TensorElementType.String when json.TokenType == JsonTokenType.String:
                Text(ref json);
                break;
            default:
                throw Invalid($"has at position {elements} no {Datatype.NameOf(type)}");
        }
    }

    private void Text(ref Utf8JsonReader json)
    {
        // Escapes only make a text shorter.
        var most = json.HasValueSequence ? checked((int)json.ValueSequence.Length) : json.ValueSpan.Length;
        var room = Room(sizeof(uint) + most);
        int length;
        try
        {
            length = json.CopyString(room[sizeof(uint)..]);
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"has at position {elements} a text that is not valid Unicode");
        }

        BinaryPrimitives.WriteUInt32LittleEndian(room, (uint)length);
        end -= most - length;
    }

    private Span<byte> Room(int bytes)
    {
        if (buffer.Length - end < bytes)
            buffer = item.GrowInputBuffer(end, checked(end + bytes));
        var room = buffer.AsSpan(end, bytes);
        end += bytes;
        return room;
    }

    private readonly PlaneException Invalid(string why) =>
        PlaneError.Invalid("invalid_input", $"'data' of the input '{input}' {why}.").ToException();
}
