using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Errors;

/// <summary><c>{"error": "..."}</c>, the errors of the Open Inference Protocol.</summary>
public sealed class InferenceErrorShape : IErrorShape
{
    public bool Claims(PathString path) => path.StartsWithSegments("/v2");

    public Task WriteAsync(HttpContext http, PlaneError error) => http.Response.WriteAsJsonAsync(new { error = error.Message });
}
