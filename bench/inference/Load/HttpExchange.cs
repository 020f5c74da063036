using System.Buffers.Text;
using System.Text;

namespace MlopsPlane.Bench.Inference.Load;

/// <summary>HTTP/1.1 with answers of a stated length.</summary>
internal sealed class HttpExchange(byte[] request) : IExchange
{
    private long left = -1;

    public ReadOnlySpan<byte> Opening => [];

    public ReadOnlySpan<byte> Next() => request;

    public bool IsAnswered(ReadOnlySpan<byte> received, out int consumed, out byte[] reply)
    {
        (consumed, reply) = (0, []);
        if (left < 0)
        {
            var head = received.IndexOf("\r\n\r\n"u8);
            if (head < 0)
                return false;
            if (!received.StartsWith("HTTP/1.1 200"u8))
                throw new InvalidOperationException(Encoding.UTF8.GetString(received));
            left = ContentLength(received[..head]);
            consumed = head + 4;
        }

        var body = (int)Math.Min(left, received.Length - consumed);
        consumed += body;
        left -= body;
        if (left > 0)
            return false;
        left = -1;
        return true;
    }

    public static byte[] Post(string path, string contentType, ReadOnlySpan<byte> body, string headers = "") =>
        [.. Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {contentType}\r\n{headers}Content-Length: {body.Length}\r\n\r\n"), .. body];

    private static long ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var name in (ReadOnlySpan<string>)["Content-Length: ", "content-length: "])
        {
            var at = head.IndexOf(Encoding.ASCII.GetBytes(name));
            if (at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out long length, out _))
                return length;
        }

        throw new InvalidOperationException("The bench reads answers of a stated length only.");
    }
}
