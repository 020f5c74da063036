using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace MlopsPlane.EdgeGateway.Forwarding;

/// <summary>
/// A client of gRPC may keep its side of a stream open and say nothing; the server's least rate for bodies, which is
/// there against slow uploads, would cut it off. How long it may be silent is the route's business.
/// </summary>
internal sealed class QuietStreams(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        return next(http);
    }
}
