using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Errors;

/// <summary>An answer of trailers only: HTTP 200 whose headers carry gRPC's status and message (gRPC over HTTP/2, "Responses").</summary>
public sealed class GrpcErrorShape : IErrorShape
{
    public bool Claims(PathString path) => path.StartsWithSegments("/inference.GRPCInferenceService");

    public Task WriteAsync(HttpContext http, PlaneError error)
    {
        http.Response.StatusCode = StatusCodes.Status200OK;
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = CodeOf(error.Status).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = Encoded(error.Message);
        return Task.CompletedTask;
    }

    private static int CodeOf(int status) => status switch
    {
        400 => 3, // INVALID_ARGUMENT
        401 => 16, // UNAUTHENTICATED
        403 => 7, // PERMISSION_DENIED
        404 => 12, // UNIMPLEMENTED: gRPC's word for a path that nobody serves
        409 => 6, // ALREADY_EXISTS
        413 or 429 => 8, // RESOURCE_EXHAUSTED
        499 => 1, // CANCELLED
        501 => 12, // UNIMPLEMENTED
        504 => 4, // DEADLINE_EXCEEDED
        502 or 503 => 14, // UNAVAILABLE
        _ => 13, // INTERNAL
    };

    /// <summary>Percent-encodes what a header cannot hold.</summary>
    private static string Encoded(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var b in Encoding.UTF8.GetBytes(message))
            _ = b is >= 0x20 and <= 0x7E and not (byte)'%' ? text.Append((char)b) : text.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        return text.ToString();
    }
}
