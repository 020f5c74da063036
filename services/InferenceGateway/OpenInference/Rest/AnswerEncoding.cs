using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>Compression of answers, for clients that ask for it.</summary>
internal static class AnswerEncoding
{
    private const string Gzip = "gzip";
    private const string Deflate = "deflate";

    // Less than a few packets is not sent any sooner.
    private const int LeastBytes = 4096;

    /// <summary>The encoding that the client likes best; null for none, or when the answer is small.</summary>
    public static string? Of(HttpContext http, long bytes)
    {
        if (bytes < LeastBytes || http.Request.Headers.AcceptEncoding.Count == 0
            || !StringWithQualityHeaderValue.TryParseList(http.Request.Headers.AcceptEncoding, out var asked))
            return null;
        var (gzip, deflate) = (QualityOf(asked, Gzip), QualityOf(asked, Deflate));
        return gzip > 0 && gzip >= deflate ? Gzip : deflate > 0 ? Deflate : null;
    }

    /// <summary>The body in that form; its length and its form are told in the answer's headers.</summary>
    public static ReadOnlyMemory<byte> Compress(HttpResponse response, string encoding, Action<Stream> write)
    {
        var body = new MemoryStream();
        using (Stream stream = encoding == Gzip
            ? new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true)
            : new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true))
            write(stream);
        response.Headers.ContentEncoding = encoding;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        response.ContentLength = body.Length;
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }

    private static double QualityOf(IList<StringWithQualityHeaderValue> asked, string encoding)
    {
        foreach (var one in asked)
        {
            if (one.Value.Equals(encoding, StringComparison.OrdinalIgnoreCase))
                return one.Quality ?? 1;
        }

        return 0;
    }
}
