using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>Bodies that were compressed: gzip, and deflate, which is zlib's format in HTTP (RFC 9110 8.4.1).</summary>
internal static class RequestEncoding
{
    /// <summary>Puts what the body holds in its place.</summary>
    /// <returns>False when it is not compressed.</returns>
    /// <exception cref="PlaneException">415: in a form that is not taken.</exception>
    public static bool Undo(HttpContext http)
    {
        string? encoding = http.Request.Headers.ContentEncoding;
        if (string.IsNullOrEmpty(encoding) || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return false;
        var compressed = http.Request.Body;
        Stream body = encoding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(compressed, CompressionMode.Decompress),
            "deflate" => new ZLibStream(compressed, CompressionMode.Decompress),
            _ => throw new PlaneError(StatusCodes.Status415UnsupportedMediaType, "unsupported_encoding",
                $"The header Content-Encoding is '{encoding}'; gzip and deflate are taken.").ToException(),
        };
        http.Response.RegisterForDispose(body);
        http.Request.Body = new BoundedBody(body, encoding, http.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? long.MaxValue);
        return true;
    }

    /// <summary>Ends with an error when more comes out than a request may have: a few compressed bytes can hold gigabytes.</summary>
    private sealed class BoundedBody(Stream body, string encoding, long most) : Stream
    {
        private long taken;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read;
            try
            {
                read = await body.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidDataException)
            {
                throw PlaneError.Invalid("invalid_encoding", $"The body is not {encoding}, which the header Content-Encoding says.").ToException();
            }

            taken += read;
            return taken <= most ? read : throw new PlaneError(
                StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The body has more than {most} bytes when it is decompressed.").ToException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
