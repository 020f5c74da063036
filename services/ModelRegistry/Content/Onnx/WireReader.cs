using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace MlopsPlane.ModelRegistry.Content.Onnx;

/// <summary>
/// Reads the protobuf wire format from a stream, forward only and with bounds: a model's weights pass through without
/// being held, and a hostile file cannot ask for more than the buffer.
/// </summary>
internal sealed class WireReader(Stream stream) : IDisposable
{
    private const int BufferBytes = 128 * 1024;
    private const int MaxTextBytes = 64 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int at;
    private int filled;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    /// <summary>Reads a field's number and wire type; false at <paramref name="end"/> or at the end of the stream.</summary>
    public async ValueTask<WireField?> NextAsync(long end, CancellationToken ct)
    {
        if (Position >= end || (at == filled && !await FillAsync(ct)))
            return Position == end || end == long.MaxValue ? null : throw new InvalidDataException("The file ends within a message.");
        var tag = await VarintAsync(ct);
        var type = (WireType)(tag & 7);
        var field = new WireField((int)(tag >> 3), type, type == WireType.Bytes ? await LengthAsync(end, ct) : 0);
        return field.Number > 0 ? field : throw new InvalidDataException("The file holds a field without a number.");
    }

    public async ValueTask<ulong> VarintAsync(CancellationToken ct)
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            if (at == filled && !await FillAsync(ct))
                throw new InvalidDataException("The file ends within a number.");
            var part = buffer[at++];
            Position++;
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("The file holds a number of more than 64 bits.");
    }

    public async ValueTask<string> TextAsync(WireField field, CancellationToken ct)
    {
        if (field.Length > MaxTextBytes)
            throw new InvalidDataException($"The file holds a name of {field.Length} bytes.");
        var bytes = new byte[field.Length];
        for (var read = 0; read < bytes.Length;)
        {
            if (at == filled && !await FillAsync(ct))
                throw new InvalidDataException("The file ends within a text.");
            var count = Math.Min(bytes.Length - read, filled - at);
            buffer.AsSpan(at, count).CopyTo(bytes.AsSpan(read));
            (at, read, Position) = (at + count, read + count, Position + count);
        }

        // Neither database keeps NUL in text.
        return Encoding.UTF8.GetString(bytes).Replace("\0", "", StringComparison.Ordinal);
    }

    /// <summary>Passes over a field of no interest.</summary>
    public async ValueTask SkipAsync(WireField field, CancellationToken ct)
    {
        switch (field.Type)
        {
            case WireType.Varint:
                await VarintAsync(ct);
                break;
            case WireType.Fixed64:
                await SkipBytesAsync(8, ct);
                break;
            case WireType.Fixed32:
                await SkipBytesAsync(4, ct);
                break;
            case WireType.Bytes:
                await SkipBytesAsync(field.Length, ct);
                break;
            default:
                throw new InvalidDataException($"The file holds a field of wire type {(int)field.Type}.");
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    private async ValueTask SkipBytesAsync(long count, CancellationToken ct)
    {
        while (count > 0)
        {
            if (at == filled && !await FillAsync(ct))
                throw new InvalidDataException("The file ends within a value.");
            var step = (int)Math.Min(count, filled - at);
            (at, count, Position) = (at + step, count - step, Position + step);
        }
    }

    private async ValueTask<long> LengthAsync(long end, CancellationToken ct)
    {
        var length = await VarintAsync(ct);
        return length <= long.MaxValue && (long)length <= end - Position
            ? (long)length
            : throw new InvalidDataException("The file holds a value that is longer than its message.");
    }

    private async ValueTask<bool> FillAsync(CancellationToken ct)
    {
        (at, filled) = (0, await stream.ReadAsync(buffer.AsMemory(0, BufferBytes), ct));
        return filled > 0;
    }
}

/// <summary>A field's head; <paramref name="Length"/> only of <see cref="WireType.Bytes"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WireField(int Number, WireType Type, long Length);

/// <summary>How a field's value is written.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}
