using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MlopsPlane.Web.Identity.Credentials;

namespace MlopsPlane.EdgeGateway.Forwarding;

/// <summary>
/// A client of gRPC may keep its side of a stream open and say nothing; the server's least rate for bodies, which is
/// there against slow uploads, would cut it off. How long it may be silent is the route's business;
/// the call ends with the rights of its caller.
/// </summary>
internal sealed class QuietStreams(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        if (http.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
            && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
            http.EndWithRights();
        }

        return next(http);
    }
}
