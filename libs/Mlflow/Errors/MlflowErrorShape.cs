using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Errors;

namespace MlopsPlane.Mlflow.Errors;

/// <summary><c>{"error_code", "message"}</c>, the errors of MLflow's REST API.</summary>
public sealed class MlflowErrorShape : IErrorShape
{
    // Clients look for messages in the raw text of an answer, so quotes are escaped as Python does and not by number.
    private static readonly MlflowErrorJson Json = new(new System.Text.Json.JsonSerializerOptions
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public bool Claims(PathString path) =>
        path.StartsWithSegments("/api/2.0") || path.StartsWithSegments("/ajax-api") || path.StartsWithSegments("/api/3.0")
        || path.StartsWithSegments("/get-artifact") || path.StartsWithSegments("/model-versions") || path.StartsWithSegments("/v1/traces")
        || path.StartsWithSegments("/graphql");

    public Task WriteAsync(HttpContext http, PlaneError error)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsJsonAsync(
            new Body(CodeOf(error), error.Message), Json.Body, "application/json");
    }

    /// <summary>Errors that did not arise in this protocol carry codes of their own; the status decides then.</summary>
    private static string CodeOf(PlaneError error) => error.Code is [>= 'A' and <= 'Z', ..] ? error.Code : error.Status switch
    {
        400 or 411 or 413 or 414 => MlflowErrors.InvalidParameterValue,
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 or 405 => "ENDPOINT_NOT_FOUND",
        408 => "DEADLINE_EXCEEDED",
        409 => "RESOURCE_CONFLICT",
        429 => "REQUEST_LIMIT_EXCEEDED",
        501 => "NOT_IMPLEMENTED",
        503 => "TEMPORARILY_UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        < 500 => "BAD_REQUEST",
        _ => "INTERNAL_ERROR",
    };

    internal sealed record Body(
        [property: System.Text.Json.Serialization.JsonPropertyName("error_code")] string ErrorCode,
        [property: System.Text.Json.Serialization.JsonPropertyName("message")] string Message);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(MlflowErrorShape.Body))]
internal sealed partial class MlflowErrorJson : System.Text.Json.Serialization.JsonSerializerContext;
