using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace MlopsPlane.Bench.Tracker;

/// <summary>A small HTTP/1.1 load driver on raw sockets, so that the client costs little of the two cores.</summary>
internal static class HttpLoad
{
    private static readonly byte[] LastChunk = "\r\n0\r\n\r\n"u8.ToArray();

    /// <summary>Requests of one connection, one after the other, for a given time.</summary>
    /// <param name="request">Makes the bytes of request number <c>n</c> of connection <c>c</c>.</param>
    public static async Task<LoadResult> RunAsync(Uri address, int connections, TimeSpan duration, Func<int, long, ReadOnlyMemory<byte>> request)
    {
        var begin = Stopwatch.GetTimestamp();
        var end = begin + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var each = await Task.WhenAll(Enumerable.Range(0, connections).Select(c => Task.Run(() => DriveAsync(address, c, end, request))));
        var elapsed = Stopwatch.GetElapsedTime(begin);
        var latencies = each.SelectMany(one => one).ToArray();
        Array.Sort(latencies);
        return new LoadResult(latencies.Length, elapsed, Percentile(latencies, 0.5), Percentile(latencies, 0.99));
    }

    /// <summary>A POST with a JSON body.</summary>
    public static byte[] Post(Uri address, string path, ReadOnlySpan<byte> json)
    {
        var head = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n"));
        return [.. head, .. json];
    }

    public static byte[] Get(Uri address, string path) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");

    private static double Percentile(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))];

    private static async Task<List<double>> DriveAsync(Uri address, int connection, long end, Func<int, long, ReadOnlyMemory<byte>> request)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var buffer = new byte[1 << 20];
        var latencies = new List<double>(1 << 14);
        for (long n = 0; Stopwatch.GetTimestamp() < end; n++)
        {
            var bytes = request(connection, n);
            var start = Stopwatch.GetTimestamp();
            for (var sent = 0; sent < bytes.Length;)
                sent += await socket.SendAsync(bytes[sent..]);
            await ReadResponseAsync(socket, buffer);
            latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return latencies;
    }

    private static async Task ReadResponseAsync(Socket socket, byte[] buffer)
    {
        var filled = 0;
        int head;
        while ((head = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
            filled += await ReceiveAsync(socket, buffer.AsMemory(filled));
        if (!buffer.AsSpan(0, 12).SequenceEqual("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.UTF8.GetString(buffer, 0, filled));
        if (buffer.AsSpan(0, head).IndexOf("Transfer-Encoding: chunked"u8) >= 0)
        {
            await ReadChunksAsync(socket, buffer, buffer.AsMemory(head + 4, filled - head - 4));
            return;
        }

        var length = ContentLength(buffer.AsSpan(0, head));
        for (var left = length - (filled - head - 4); left > 0;)
            left -= await ReceiveAsync(socket, buffer);
    }

    /// <summary>Reads to the empty chunk that ends a body; JSON holds no line breaks that could look like it.</summary>
    private static async Task ReadChunksAsync(Socket socket, byte[] buffer, ReadOnlyMemory<byte> begun)
    {
        var tail = begun.Span[Math.Max(0, begun.Length - LastChunk.Length)..].ToArray();
        while (!tail.AsSpan().EndsWith(LastChunk))
        {
            var read = await ReceiveAsync(socket, buffer);
            tail = [.. tail, .. buffer.AsSpan(Math.Max(0, read - LastChunk.Length), Math.Min(read, LastChunk.Length))];
            tail = tail[Math.Max(0, tail.Length - LastChunk.Length)..];
        }
    }

    private static async Task<int> ReceiveAsync(Socket socket, Memory<byte> into)
    {
        var read = await socket.ReceiveAsync(into);
        return read > 0 ? read : throw new IOException("The server closed the connection.");
    }

    private static long ContentLength(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("Content-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + 16)..], out long length, out _)
            ? length
            : throw new InvalidOperationException("The benchmark reads answers of a stated length only.");
    }
}

/// <param name="P50">Median latency, milliseconds.</param>
/// <param name="P99">99th percentile, milliseconds.</param>
internal sealed record LoadResult(long Requests, TimeSpan Elapsed, double P50, double P99)
{
    public double PerSecond => Requests / Elapsed.TotalSeconds;
}
