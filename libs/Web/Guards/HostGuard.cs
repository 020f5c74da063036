using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace MlopsPlane.Web.Guards;

/// <summary>
/// Refuses requests that a browser was tricked into: a Host header that is not ours (DNS rebinding) and state-changing
/// calls from a page of another origin.
/// </summary>
public sealed class HostGuard(RequestDelegate next, IOptions<GuardOptions> options)
{
    private readonly GuardOptions options = options.Value;

    public Task InvokeAsync(HttpContext http)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
        var path = http.Request.Path;
        if (path.StartsWithSegments("/health") || path.StartsWithSegments("/version") || path.StartsWithSegments("/livez") || path.StartsWithSegments("/readyz"))
            return next(http);
        if (!HostAllowed(http.Request.Host.Host))
            return RefuseAsync(http, "Invalid Host header - possible DNS rebinding attack detected");
        if (ChangesState(http.Request.Method) && http.Request.Headers.Origin is [{ Length: > 0 } origin] && !OriginAllowed(origin, http.Request))
            return RefuseAsync(http, "Cross-origin request blocked");
        return next(http);
    }

    private static bool ChangesState(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static async Task RefuseAsync(HttpContext http, string why)
    {
        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        http.Response.ContentType = "text/plain";
        await http.Response.WriteAsync(why);
    }

    private static bool Matches(string pattern, string host) =>
        pattern == "*"
        || pattern.Equals(host, StringComparison.OrdinalIgnoreCase)
        || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase));

    private bool HostAllowed(string host)
    {
        if (IsLoopback(host))
            return true;
        foreach (var pattern in options.AllowedHosts)
        {
            if (Matches(pattern, host))
                return true;
        }

        return false;
    }

    private bool OriginAllowed(string origin, HttpRequest request)
    {
        if (Uri.TryCreate(origin, UriKind.Absolute, out var from)
            && (IsLoopback(from.Host) || from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase)))
            return true;
        foreach (var allowed in options.AllowedOrigins)
        {
            if (allowed == "*" || allowed.Equals(origin, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
