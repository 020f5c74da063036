using System.Runtime.InteropServices;
using System.Text;

namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>Reads protobuf's wire format from a file and jumps over what is of no interest, so that weights are never read.</summary>
internal sealed class ProtoReader(FileStream file)
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private int at;
    private int filled;

    public long Position { get; private set; }

    public long Length { get; } = file.Length;

    /// <summary>The head of the next field; null at <paramref name="end"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are no protobuf message.</exception>
    public ProtoField? Next(long end)
    {
        if (Position == end)
            return null;
        var tag = Varint(end);
        // A reader that keeps 32 bits of a longer tag would see another field.
        if (tag > uint.MaxValue || tag >> 3 == 0)
            throw new InvalidDataException("it holds a field without a valid number");
        var type = (ProtoType)(tag & 7);
        ulong length = type switch
        {
            ProtoType.Varint => 0,
            ProtoType.Fixed64 => 8,
            ProtoType.Fixed32 => 4,
            ProtoType.Bytes => Varint(end),
            _ => throw new InvalidDataException($"it holds a field of wire type {(int)type}"),
        };
        if (length > (ulong)(end - Position))
            throw new InvalidDataException("it holds a value that is longer than its message");
        return new ProtoField((int)(tag >> 3), type, (long)length);
    }

    public void Skip(ProtoField field, long end)
    {
        if (field.Type == ProtoType.Varint)
        {
            Varint(end);
            return;
        }

        Position += field.Length;
        if (field.Length <= filled - at)
        {
            at += (int)field.Length;
            return;
        }

        file.Position = Position;
        (at, filled) = (0, 0);
    }

    public string Text(ProtoField field, int most)
    {
        if (field.Length > most)
            throw new InvalidDataException($"it holds a name of {field.Length} bytes");
        var bytes = new byte[field.Length];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = Byte();
        return Encoding.UTF8.GetString(bytes);
    }

    private ulong Varint(long end)
    {
        ulong value = 0;
        for (var shift = 0; shift < 70 && Position < end; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("it ends within a number");
    }

    private byte Byte()
    {
        if (at == filled)
        {
            (at, filled) = (0, file.Read(buffer));
            if (filled == 0)
                throw new InvalidDataException("it ends within a value");
        }

        Position++;
        return buffer[at++];
    }
}

/// <summary>A field's head; <paramref name="Length"/> is 0 for a number of variable length.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ProtoField(int Number, ProtoType Type, long Length);

internal enum ProtoType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
