using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Errors;

namespace MlopsPlane.EdgeGateway.Errors;

/// <summary><c>{"error": "..."}</c>, the errors of the Open Inference Protocol.</summary>
internal sealed class InferenceErrorShape : IErrorShape
{
    public bool Claims(PathString path) => path.StartsWithSegments("/v2");

    public Task WriteAsync(HttpContext http, PlaneError error) => http.Response.WriteAsJsonAsync(new { error = error.Message });
}
