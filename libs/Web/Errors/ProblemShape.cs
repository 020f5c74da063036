using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Errors;

/// <summary>RFC 9457 problem details with a stable <c>code</c>: the shape of the product's own API.</summary>
public sealed class ProblemShape : IErrorShape
{
    public bool Claims(PathString path) => true;

    public Task WriteAsync(HttpContext http, PlaneError error) =>
        TypedResults.Problem(
            detail: error.Message,
            statusCode: error.Status,
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = error.Code }).ExecuteAsync(http);
}
