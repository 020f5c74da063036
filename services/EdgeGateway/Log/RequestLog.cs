using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;
using Yarp.ReverseProxy.Model;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>One line for each request that goes through: who, what, where to, how it ended. Queries stay out of it, since people put secrets there.</summary>
internal sealed partial class RequestLog(RequestDelegate next, IOptionsMonitor<EdgeOptions> options, ILogger<RequestLog> logger)
{
    public Task InvokeAsync(HttpContext http) => options.CurrentValue.RequestLog ? LoggedAsync(http) : next(http);

    private async Task LoggedAsync(HttpContext http)
    {
        var began = Stopwatch.GetTimestamp();
        try
        {
            await next(http);
            Write(http, http.Response.StatusCode, began);
        }
        catch (Primitives.PlaneException refused)
        {
            Write(http, refused.Error.Status, began);
            throw;
        }
    }

    private void Write(HttpContext http, int status, long began)
    {
        var proxy = http.GetReverseProxyFeature();
        Log.Request(
            logger, http.Request.Method, http.Request.Path.Value ?? "", status, Stopwatch.GetElapsedTime(began).TotalMilliseconds, http.Caller().Name,
            http.Workspace(), proxy.ProxiedDestination?.DestinationId ?? "", http.Connection.RemoteIpAddress?.ToString() ?? "");
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Information,
            Message = "{Method} {Path} {Status} {Milliseconds:0.0} ms {Identity} {Workspace} {Replica} {Client}")]
        public static partial void Request(
            ILogger logger, string method, string path, int status, double milliseconds, string identity, string workspace, string replica, string client);
    }
}
