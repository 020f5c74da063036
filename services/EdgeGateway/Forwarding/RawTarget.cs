using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlopsPlane.EdgeGateway.Forwarding;

/// <summary>
/// The request's target as the client wrote it, without its workspace. Written anew from the decoded path, <c>%2F</c> in
/// the name of an artifact would arrive as <c>%252F</c>. Targets that climb were refused before.
/// </summary>
internal static class RawTarget
{
    /// <summary>Address of the request at a replica.</summary>
    /// <param name="prefix">The replica's address.</param>
    public static Uri At(string prefix, HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        // A proxy's form, "GET http://host/path", is rare enough to be written anew.
        var path = target.StartsWith('/') ? WithoutWorkspace(target, http.Request.PathBase.HasValue) : http.Request.Path + http.Request.QueryString.ToString();
        return new Uri(string.Concat(prefix.AsSpan().TrimEnd('/'), path), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
    }

    private static string WithoutWorkspace(string target, bool inWorkspace)
    {
        if (!inWorkspace && !target.StartsWith("//", StringComparison.Ordinal))
            return target;
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = end < 0 ? (target, "") : (target[..end], target[end..]);
        path = "/" + path.TrimStart('/');
        if (inWorkspace)
        {
            // Two segments: "w" and the name.
            var name = path.IndexOf('/', 1);
            var rest = name < 0 ? -1 : path.IndexOf('/', name + 1);
            path = rest < 0 ? "/" : "/" + path[rest..].TrimStart('/');
        }

        return path + query;
    }
}
