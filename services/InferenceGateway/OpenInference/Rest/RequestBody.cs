using System.Buffers;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>Reads a request's body where it lies: in the blocks that the server received it into.</summary>
internal static class RequestBody
{
    /// <summary>The whole body; the caller advances the reader to its end when it is done with it.</summary>
    /// <exception cref="PlaneException">400: it ended before its announced length.</exception>
    public static async ValueTask<ReadOnlySequence<byte>> ReadAsync(HttpContext http)
    {
        var encoded = RequestEncoding.Undo(http);
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted);
            if (result.IsCompleted)
                return result.Buffer;
            if (!encoded && http.Request.ContentLength is { } length && result.Buffer.Length == length)
                return result.Buffer;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
