using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EdgeGateway.Tests.World;

/// <summary>Sends every chunk back as it comes, and ends with gRPC's trailers.</summary>
internal static class StubGrpc
{
    public static async Task AnswerAsync(HttpContext http, string method)
    {
        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["x-caller"] = http.Caller().Name;
        await http.Response.StartAsync(http.RequestAborted);
        var buffer = new byte[4096];
        int read;
        while ((read = await http.Request.Body.ReadAsync(buffer, http.RequestAborted)) > 0)
        {
            await http.Response.Body.WriteAsync(buffer.AsMemory(0, read), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }

        var trailers = http.Features.Get<IHttpResponseTrailersFeature>()!.Trailers;
        trailers["grpc-status"] = method == "Fail" ? "5" : "0";
        trailers["grpc-message"] = method;
    }
}
