using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace MlopsPlane.Web.Telemetry;

/// <summary>
/// Goes on with the trace that a request names (W3C Trace Context), so that its events, samples, log lines and requests to
/// other services bear it. Where traces are exported the platform has opened an activity already; where they are not, a
/// request that names none does without.
/// </summary>
public sealed class RequestTrace(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Request.Headers;
        return Activity.Current is null && headers.TraceParent.Count == 1 && ActivityContext.TryParse(headers.TraceParent, headers.TraceState, out var parent)
            ? ContinueAsync(http, parent)
            : next(http);
    }

    private async Task ContinueAsync(HttpContext http, ActivityContext parent)
    {
        using var activity = new Activity("request") { TraceStateString = parent.TraceState };
        activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags).Start();
        await next(http);
    }
}
