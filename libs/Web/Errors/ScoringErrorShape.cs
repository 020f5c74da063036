using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Errors;

/// <summary><c>{"error_code", "message"}</c>, the errors of MLflow's scoring server.</summary>
public sealed class ScoringErrorShape : IErrorShape
{
    public bool Claims(PathString path) => path.StartsWithSegments("/deployments") || path.StartsWithSegments("/ping");

    public Task WriteAsync(HttpContext http, PlaneError error) => http.Response.WriteAsJsonAsync(new Body(CodeOf(error.Status), error.Message));

    private static string CodeOf(int status) => status switch
    {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "RESOURCE_DOES_NOT_EXIST",
        429 => "REQUEST_LIMIT_EXCEEDED",
        501 => "NOT_IMPLEMENTED",
        502 or 503 => "TEMPORARILY_UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        < 500 => "BAD_REQUEST",
        _ => "INTERNAL_ERROR",
    };

    private sealed record Body([property: JsonPropertyName("error_code")] string ErrorCode, [property: JsonPropertyName("message")] string Message);
}
