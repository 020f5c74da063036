using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using MlopsPlane.EdgeGateway.Configuration;
using MlopsPlane.Web.Health;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;
using Yarp.ReverseProxy.Model;

namespace MlopsPlane.EdgeGateway.Log;

/// <summary>
/// One line for each request: who, what, where to, how it ended. It stands before everything else, so that what is
/// refused has its line too; probes, which are asked every second, have none.
/// </summary>
internal sealed class RequestLog : IStartupFilter, IDisposable
{
    private readonly RequestLines lines;
    private readonly TimeProvider clock;
    private readonly IDisposable? watching;
    private volatile bool on;

    public RequestLog(IOptionsMonitor<EdgeOptions> options, RequestLines lines, TimeProvider clock)
    {
        (this.lines, this.clock, on) = (lines, clock, options.CurrentValue.RequestLog);
        watching = options.OnChange(changed => on = changed.RequestLog);
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(after => http =>
        {
            var trace = TraceContext.Of(http);
            return on && !ProbeEndpoints.IsProbe(http.Request.Path) ? LoggedAsync(http, trace, after) : after(http);
        });
        next(app);
    };

    public void Dispose() => watching?.Dispose();

    private async Task LoggedAsync(HttpContext http, string trace, RequestDelegate after)
    {
        var began = Stopwatch.GetTimestamp();
        await after(http);
        var gone = http.RequestAborted.IsCancellationRequested && !http.Response.HasStarted;
        lines.Add(new RequestLine(
            clock.GetUtcNow(), http.Request.Method, http.Request.Path.Value ?? "", gone ? StatusCodes.Status499ClientClosedRequest : http.Response.StatusCode,
            Stopwatch.GetElapsedTime(began).TotalMilliseconds, http.Features.Get<CallerIdentity>()?.Name ?? "", http.Workspace(),
            http.Features.Get<IReverseProxyFeature>()?.ProxiedDestination?.DestinationId ?? "", http.Connection.RemoteIpAddress, trace));
    }
}
