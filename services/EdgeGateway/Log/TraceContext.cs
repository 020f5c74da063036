using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>
/// The trace of a request (W3C Trace Context): the client's, or a new one, which the service behind the edge goes on with.
/// Where nobody exports traces, the header is all that is needed; the platform's own activities cost much more.
/// </summary>
internal static class TraceContext
{
    /// <summary>Sees to it that the request has a trace; its id in 32 hex digits.</summary>
    public static string IdOf(HttpContext http)
    {
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { } activity)
            return activity.TraceId.ToHexString();
        var headers = http.Request.Headers;
        if (ActivityContext.TryParse(headers.TraceParent, traceState: null, out var given))
            return given.TraceId.ToHexString();
        var id = ActivityTraceId.CreateRandom().ToHexString();
        headers.TraceParent = string.Create(CultureInfo.InvariantCulture, $"00-{id}-{ActivitySpanId.CreateRandom()}-00");
        headers.TraceState = default;
        return id;
    }
}
