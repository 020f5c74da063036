using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Guards;

/// <summary>
/// Reads <c>//path</c> as <c>/path</c>: a client whose server address ends with a slash joins it so, and MLflow's server
/// answers it. Slashes further on stay, because they belong to names of artifacts.
/// </summary>
public sealed class LeadingSlashes(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        http.Request.Path = Reduce(http.Request.Path);
        return next(http);
    }

    /// <summary>The path with one slash in front.</summary>
    public static PathString Reduce(PathString path) =>
        path.Value is { } text && text.StartsWith("//", StringComparison.Ordinal) ? new PathString("/" + text.TrimStart('/')) : path;
}
