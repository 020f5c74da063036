using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlopsPlane.InferenceGateway.Tensors;

/// <summary>
/// One element of a tensor, text aside, between its binary form and what people and programs write. A number is taken for
/// every type that holds it: a whole number as a float, <c>2.0</c> as a whole number, never <c>2.5</c>.
/// </summary>
internal static class Element
{
    /// <summary>Reads a JSON value; null is a NaN.</summary>
    /// <param name="to">Exactly the element's bytes.</param>
    /// <returns>False when the value is none of the type.</returns>
    public static bool TryRead(ref Utf8JsonReader json, TensorElementType type, Span<byte> to)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.Null:
                return TryWriteMissing(type, to);
            case JsonTokenType.True or JsonTokenType.False when type == TensorElementType.Bool:
                to[0] = json.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
                return true;
            case JsonTokenType.Number when json.TryGetInt64(out var whole):
                return TryWrite(whole, type, to);
            case JsonTokenType.Number when type == TensorElementType.UInt64 && json.TryGetUInt64(out var large):
                BinaryPrimitives.WriteUInt64LittleEndian(to, large);
                return true;
            case JsonTokenType.Number when json.TryGetDouble(out var real) && double.IsFinite(real):
                return TryWrite(real, type, to);
            default:
                return false;
        }
    }

    /// <summary>Reads a number or a truth value as CSV has it; nothing at all is a NaN.</summary>
    /// <inheritdoc cref="TryRead(ref Utf8JsonReader, TensorElementType, Span{byte})"/>
    public static bool TryRead(string text, TensorElementType type, Span<byte> to)
    {
        if (text.Length == 0)
            return TryWriteMissing(type, to);
        if (type == TensorElementType.Bool)
        {
            to[0] = text.Equals("true", StringComparison.OrdinalIgnoreCase) ? (byte)1 : (byte)0;
            return to[0] == 1 || text.Equals("false", StringComparison.OrdinalIgnoreCase);
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return TryWrite(whole, type, to);
        if (type == TensorElementType.UInt64 && ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var large))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(to, large);
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && TryWrite(real, type, to);
    }

    /// <summary>What a float that is missing is; no other type has anything for it.</summary>
    public static bool TryWriteMissing(TensorElementType type, Span<byte> to) => IsFloat(type) && TryWriteFloat(double.NaN, type, to);

    /// <summary>Writes the element that the bytes begin with; what JSON lacks becomes null, as pandas and KServe write it.</summary>
    /// <returns>How many bytes the element takes.</returns>
    public static int Write(Utf8JsonWriter json, ReadOnlySpan<byte> data, TensorElementType type)
    {
        switch (type)
        {
            case TensorElementType.Float:
                Number(json, BinaryPrimitives.ReadSingleLittleEndian(data));
                break;
            case TensorElementType.Double:
                Number(json, BinaryPrimitives.ReadDoubleLittleEndian(data));
                break;
            case TensorElementType.Float16:
                Number(json, (float)BinaryPrimitives.ReadHalfLittleEndian(data));
                break;
            case TensorElementType.BFloat16:
                Number(json, BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(data) << 16));
                break;
            case TensorElementType.Int64:
                json.WriteNumberValue(BinaryPrimitives.ReadInt64LittleEndian(data));
                break;
            case TensorElementType.Int32:
                json.WriteNumberValue(BinaryPrimitives.ReadInt32LittleEndian(data));
                break;
            case TensorElementType.Int16:
                json.WriteNumberValue(BinaryPrimitives.ReadInt16LittleEndian(data));
                break;
            case TensorElementType.Int8:
                json.WriteNumberValue((sbyte)data[0]);
                break;
            case TensorElementType.UInt64:
                json.WriteNumberValue(BinaryPrimitives.ReadUInt64LittleEndian(data));
                break;
            case TensorElementType.UInt32:
                json.WriteNumberValue(BinaryPrimitives.ReadUInt32LittleEndian(data));
                break;
            case TensorElementType.UInt16:
                json.WriteNumberValue(BinaryPrimitives.ReadUInt16LittleEndian(data));
                break;
            case TensorElementType.UInt8:
                json.WriteNumberValue(data[0]);
                break;
            case TensorElementType.Bool:
                json.WriteBooleanValue(data[0] != 0);
                break;
            default:
                var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(data);
                json.WriteStringValue(data.Slice(sizeof(uint), length));
                return sizeof(uint) + length;
        }

        return Datatype.SizeOf(type);
    }

    private static bool IsFloat(TensorElementType type) =>
        type is TensorElementType.Float or TensorElementType.Double or TensorElementType.Float16 or TensorElementType.BFloat16;

    private static bool TryWrite(double value, TensorElementType type, Span<byte> to)
    {
        if (IsFloat(type))
            return TryWriteFloat(value, type, to);
        // From here on whole numbers are no longer told apart.
        return Math.Abs(value) <= 1L << 53 && value == Math.Truncate(value) && TryWrite((long)value, type, to);
    }

    private static bool TryWrite(long value, TensorElementType type, Span<byte> to)
    {
        if (IsFloat(type))
            return TryWriteFloat(value, type, to);
        var (least, most) = type switch
        {
            TensorElementType.Int64 => (long.MinValue, long.MaxValue),
            TensorElementType.Int32 => (int.MinValue, int.MaxValue),
            TensorElementType.Int16 => (short.MinValue, short.MaxValue),
            TensorElementType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
            TensorElementType.UInt64 => (0, long.MaxValue),
            TensorElementType.UInt32 => (0, uint.MaxValue),
            TensorElementType.UInt16 => (0, ushort.MaxValue),
            TensorElementType.UInt8 => (0, byte.MaxValue),
            _ => (1L, 0L),
        };
        if (value < least || value > most)
            return false;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        bytes[..to.Length].CopyTo(to);
        return true;
    }

    /// <summary>Rounds to the type's precision, as MLflow does; false for a finite number that it cannot hold.</summary>
    private static bool TryWriteFloat(double value, TensorElementType type, Span<byte> to)
    {
        switch (type)
        {
            case TensorElementType.Double:
                BinaryPrimitives.WriteDoubleLittleEndian(to, value);
                return true;
            case TensorElementType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(to, (Half)value);
                return Half.IsFinite((Half)value) == double.IsFinite(value);
            case TensorElementType.BFloat16:
                var bits = BitConverter.SingleToUInt32Bits((float)value);
                BinaryPrimitives.WriteUInt16LittleEndian(to, (ushort)(double.IsNaN(value) ? bits >> 16 : (bits + 0x7fff + ((bits >> 16) & 1)) >> 16));
                return float.IsFinite((float)value) == double.IsFinite(value);
            default:
                BinaryPrimitives.WriteSingleLittleEndian(to, (float)value);
                return float.IsFinite((float)value) == double.IsFinite(value);
        }
    }

    private static void Number(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }

    private static void Number(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }
}
