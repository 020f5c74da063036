using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.Web.Health;

namespace MlopsPlane.Web.Guards;

/// <summary>
/// Refuses requests that a browser was tricked into: a Host header that is not ours (DNS rebinding) and state-changing
/// calls from a page of another origin. Pages of an allowed origin may call and read the answers.
/// </summary>
public sealed class HostGuard(RequestDelegate next, IOptions<GuardOptions> options)
{
    private const string Methods = "GET, POST, PUT, DELETE, OPTIONS, PATCH";
    private const string PreflightSeconds = "600";

    private readonly HostRule hosts = new(options.Value.AllowedHosts);
    private readonly OriginRule origins = new(options.Value.AllowedOrigins);

    public Task InvokeAsync(HttpContext http)
    {
        var request = http.Request;
        var origin = request.Headers.Origin.ToString();
        var known = origin.Length > 0 && origins.Allows(origin, request.Host);
        // At the start of the answer, because an error clears what was set before it.
        http.Response.OnStarting(
            static state => AddHeaders(((HttpContext, string?))state), (http, known ? origins.AllowsAll ? "*" : origin : null));
        if (ProbeEndpoints.IsProbe(request.Path))
            return next(http);
        if (!hosts.Allows(request.Host))
            return AnswerAsync(http, StatusCodes.Status403Forbidden, "Invalid Host header - possible DNS rebinding attack detected");
        if (origin.Length > 0 && HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0)
            return AnswerPreflightAsync(http, known);
        return origin.Length > 0 && !known && ChangesState(request.Method)
            ? AnswerAsync(http, StatusCodes.Status403Forbidden, "Cross-origin request blocked")
            : next(http);
    }

    private static bool ChangesState(string method) => !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsOptions(method);

    private static Task AddHeaders((HttpContext Http, string? Origin) answer)
    {
        var headers = answer.Http.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "SAMEORIGIN";
        if (answer.Origin is null)
            return Task.CompletedTask;
        headers.AccessControlAllowOrigin = answer.Origin;
        if (answer.Origin != "*")
        {
            headers.AccessControlAllowCredentials = "true";
            headers.Append("Vary", "Origin");
        }

        return Task.CompletedTask;
    }

    private static Task AnswerPreflightAsync(HttpContext http, bool known)
    {
        if (!known)
            return AnswerAsync(http, StatusCodes.Status400BadRequest, "Disallowed CORS origin");
        var headers = http.Response.Headers;
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = http.Request.Headers.AccessControlRequestHeaders;
        headers.AccessControlMaxAge = PreflightSeconds;
        return AnswerAsync(http, StatusCodes.Status200OK, "OK");
    }

    private static Task AnswerAsync(HttpContext http, int status, string text)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/plain";
        return http.Response.WriteAsync(text);
    }
}
