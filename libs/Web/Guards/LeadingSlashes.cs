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
        var path = http.Request.Path.Value;
        if (path is not null && path.StartsWith("//", StringComparison.Ordinal))
            http.Request.Path = new PathString("/" + path.TrimStart('/'));
        return next(http);
    }
}
