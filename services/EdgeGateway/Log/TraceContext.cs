using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>
/// The trace of a request (W3C Trace Context): the client's, or a new one, which the service behind the edge goes on with.
/// Where nobody exports traces, the header is all that is needed; the platform's own activities cost much more.
/// </summary>
internal static class TraceContext
{
    private const int IdStart = 3;
    private const int IdLength = 32;
    private const int RandomBytes = 24;

    /// <summary>Sees to it that the request has a trace; its <c>traceparent</c>.</summary>
    public static string Of(HttpContext http)
    {
        var headers = http.Request.Headers;
        if (headers.TraceParent.Count > 0 && ActivityContext.TryParse(headers.TraceParent, traceState: null, out _))
            return headers.TraceParent!;
        if (http.Features.Get<IHttpActivityFeature>()?.Activity is { Id: { } id })
            return id;
        headers.TraceState = default;
        var made = New();
        headers.TraceParent = made;
        return made;
    }

    /// <summary>The id of the trace in 32 hex digits.</summary>
    public static ReadOnlySpan<char> IdOf(string traceParent) => traceParent.AsSpan(IdStart, IdLength);

    private static string New() => string.Create("00-".Length + (2 * RandomBytes) + "--00".Length, 0, static (text, _) =>
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        Random.Shared.NextBytes(random);
        // Neither id may be all zeros.
        (random[0], random[^1]) = ((byte)(random[0] | 1), (byte)(random[^1] | 1));
        "00-".CopyTo(text);
        Convert.TryToHexStringLower(random[..(IdLength / 2)], text[IdStart..], out _);
        text[IdStart + IdLength] = '-';
        Convert.TryToHexStringLower(random[(IdLength / 2)..], text[(IdStart + IdLength + 1)..], out _);
        "-00".CopyTo(text[^3..]);
    });
}
