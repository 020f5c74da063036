using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>A whole request body in rented memory, given back when the request ends.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 4096;
    private byte[] rented;
    private int length;

    private RequestBody(int capacity) => rented = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Reads to the end; the server has set the bound.</summary>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength is 0)
            return default;
        var body = new RequestBody((int)Math.Clamp(http.Request.ContentLength ?? FirstBytes, FirstBytes, 1 << 20));
        http.Response.RegisterForDispose(body);
        var reader = http.Request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(http.RequestAborted);
            foreach (var segment in read.Buffer)
                body.Append(segment.Span);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return body.Text;
        }
    }

    /// <summary>The bytes without the mark that some editors and shells put before UTF-8.</summary>
    private ReadOnlyMemory<byte> Text
    {
        get
        {
            var all = rented.AsMemory(0, length);
            return all.Span.StartsWith("\ufeff"u8) ? all[3..] : all;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(rented);

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > rented.Length - length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(rented.Length * 2, length + bytes.Length));
            rented.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(rented);
            rented = larger;
        }

        bytes.CopyTo(rented.AsSpan(length));
        length += bytes.Length;
    }
}
