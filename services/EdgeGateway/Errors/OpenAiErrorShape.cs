using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Errors;

namespace MlopsPlane.EdgeGateway.Errors;

/// <summary><c>{"error": {"message", "type", "param", "code"}}</c>, the errors of OpenAI's API.</summary>
internal sealed class OpenAiErrorShape : IErrorShape
{
    private static readonly string[] Paths =
        ["/v1/files", "/v1/uploads", "/v1/fine_tuning", "/v1/models", "/v1/completions", "/v1/chat", "/v1/embeddings", "/v1/batches"];

    public bool Claims(PathString path) => Array.Exists(Paths, prefix => path.StartsWithSegments(prefix));

    public Task WriteAsync(HttpContext http, PlaneError error) =>
        http.Response.WriteAsJsonAsync(new { error = new { message = error.Message, type = TypeOf(error.Status), param = (string?)null, code = error.Code } });

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        < 500 => "invalid_request_error",
        _ => "server_error",
    };
}
