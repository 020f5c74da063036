using System.IO.Compression;
using System.Net;
using System.Text;

namespace MlopsPlane.InferenceGateway.Tests.Placement;

/// <summary>JSON that stops before its last byte until it is told to go on.</summary>
internal sealed class HaltingContent : HttpContent
{
    private readonly byte[] bytes;
    private readonly TaskCompletionSource halted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource onward = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public HaltingContent(string json, bool compressed = false)
    {
        bytes = compressed ? Gzip(Encoding.UTF8.GetBytes(json)) : Encoding.UTF8.GetBytes(json);
        if (compressed)
            Headers.ContentEncoding.Add("gzip");
        Headers.ContentType = new("application/json");
    }

    public Task Halted => halted.Task;

    public void GoOn() => onward.SetResult();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(bytes.AsMemory(..^1));
        await stream.FlushAsync();
        halted.SetResult();
        await onward.Task;
        await stream.WriteAsync(bytes.AsMemory(^1..));
    }

    private static byte[] Gzip(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            gzip.Write(plain);
        return packed.ToArray();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
