using System.Net;
using System.Security.Cryptography;

namespace MlopsPlane.Testing.Journeys;

/// <summary>A body of random bytes that exists only on the wire, and the digest of what was sent.</summary>
internal sealed class RandomFile(long length) : HttpContent
{
    /// <summary>SHA-256 of the bytes; empty until they were sent.</summary>
    public byte[] Digest { get; private set; } = [];

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var random = new Random(1);
        var buffer = new byte[128 * 1024];
        for (var left = length; left > 0; left -= buffer.Length)
        {
            random.NextBytes(buffer);
            var part = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            hash.AppendData(part.Span);
            await stream.WriteAsync(part);
        }

        Digest = hash.GetHashAndReset();
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }
}
