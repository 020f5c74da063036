using System.Buffers.Binary;
using System.Text;

namespace MlopsPlane.Bench.Inference.Load;

/// <summary>
/// Unary gRPC calls one after the other on an HTTP/2 connection (RFC 9113), with just enough of the protocol for a client
/// that costs little: a fixed header block, and a window that a benchmark does not use up.
/// </summary>
internal sealed class GrpcExchange : IExchange
{
    private const byte Data = 0, Headers = 1, Settings = 4, Ping = 6, GoAway = 7;
    private const byte Acknowledged = 1, EndStream = 1, EndHeaders = 4;
    private static readonly byte[] Start =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [0, 4, 0x7f, 0xff, 0xff, 0xff]),
        .. Frame(8, 0, 0, [0x7f, 0xfe, 0, 0]),
    ];

    private readonly byte[] frames;
    private readonly int dataAt;
    private uint stream = uint.MaxValue;
    private bool hasMessage;

    public GrpcExchange(string method, byte[] message)
    {
        // HPACK (RFC 7541): indexed :method POST and :scheme http, the rest literal and not indexed.
        byte[] block = [0x83, 0x86, .. Literal([0x04], method), .. Literal([0x01], "127.0.0.1"), .. Literal([0x0f, 0x10], "application/grpc"), 0x00, 2, .. "te"u8, 8, .. "trailers"u8];
        var prefixed = new byte[message.Length + 5];
        BinaryPrimitives.WriteInt32BigEndian(prefixed.AsSpan(1), message.Length);
        message.CopyTo(prefixed, 5);
        var headers = Frame(Headers, EndHeaders, 0, block);
        dataAt = headers.Length;
        frames = [.. headers, .. Frame(Data, EndStream, 0, prefixed)];
    }

    public ReadOnlySpan<byte> Opening => Start;

    public ReadOnlySpan<byte> Next()
    {
        stream = stream == uint.MaxValue ? 1 : stream + 2;
        hasMessage = false;
        BinaryPrimitives.WriteUInt32BigEndian(frames.AsSpan(5), stream);
        BinaryPrimitives.WriteUInt32BigEndian(frames.AsSpan(dataAt + 5), stream);
        return frames;
    }

    public bool IsAnswered(ReadOnlySpan<byte> received, out int consumed, out byte[] reply)
    {
        (consumed, reply) = (0, []);
        var answered = false;
        while (received.Length - consumed >= 9)
        {
            var frame = received[consumed..];
            var length = frame[0] << 16 | frame[1] << 8 | frame[2];
            if (frame.Length < 9 + length)
                break;
            consumed += 9 + length;
            var (type, flags) = (frame[3], frame[4]);
            if (type == Settings && (flags & Acknowledged) == 0)
                reply = [.. reply, .. Frame(Settings, Acknowledged, 0, [])];
            else if (type == Ping && (flags & Acknowledged) == 0)
                reply = [.. reply, .. Frame(Ping, Acknowledged, 0, frame.Slice(9, length))];
            else if (type == GoAway)
                throw new InvalidOperationException("The server ended the connection.");
            hasMessage |= type == Data && length > 0;
            answered |= type is Headers or Data && (flags & EndStream) != 0;
        }

        // An error comes as trailers alone.
        return !answered || hasMessage ? answered : throw new InvalidOperationException("A call was answered with an error.");
    }

    private static byte[] Literal(ReadOnlySpan<byte> name, string value) => [.. name, checked((byte)value.Length), .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Frame(byte type, byte flags, uint stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }
}
