using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;
using Yarp.ReverseProxy.Forwarder;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>Sends requests over HTTP on to a replica that holds their model; bodies are streamed both ways.</summary>
internal sealed class RestHop(HopRoute route, IHttpForwarder forwarder, InferenceMetrics metrics) : IDisposable
{
    private const string Protocol = "rest";
    private static readonly Transformer Transform = new();
    private static readonly ForwarderRequestConfig Config = new() { ActivityTimeout = TimeSpan.FromMinutes(60) };

    private readonly HttpMessageInvoker client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    });

    /// <summary>Answers the request here or elsewhere.</summary>
    public Task InvokeAsync(HttpContext http, RequestDelegate here, string nameIn, bool loads)
    {
        var name = (string)http.Request.RouteValues[nameIn]!;
        return route.IsHere(http.Workspace(), name) ? here(http) : FindAsync(http, here, name, loads);
    }

    /// <summary>Whether a request that was to be answered here finds its deployment gone, and its body can be sent on as it came.</summary>
    public bool CanGoOn(HttpContext http, string name) => !route.Serves(http.Workspace(), name) && http.Request.Headers.ContentEncoding.Count == 0;

    /// <summary>Answers it where the deployment is now. Nothing of its body may have been taken from its reader.</summary>
    public Task GoOnAsync(HttpContext http, RequestDelegate here, string name) => FindAsync(http, here, name, loads: true);

    private async Task FindAsync(HttpContext http, RequestDelegate here, string name, bool loads)
    {
        var holders = await route.FindAsync(http, name, loads, http.RequestAborted);
        if (holders.Count == 0)
        {
            await here(http);
            return;
        }

        foreach (var holder in holders)
        {
            var error = await forwarder.SendAsync(http, holder.Url, client, Config, Transform);
            if (error == ForwarderError.None)
            {
                metrics.Hopped(Protocol, "answered");
                return;
            }

            if (http.RequestAborted.IsCancellationRequested)
                return;
            var failure = http.Features.Get<IForwarderErrorFeature>()?.Exception;
            // No connection means that not a byte of the request has left.
            var unsent = (error == ForwarderError.Request && failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError })
                || (error == ForwarderError.RequestTimedOut && failure is OperationCanceledException { InnerException: TimeoutException });
            metrics.Hopped(Protocol, unsent ? "unreachable" : "broken");
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }

            http.Features.Set<IForwarderErrorFeature>(null);
            http.Response.Clear();
            if (!unsent)
                throw failure as BadHttpRequestException ?? (Exception)new PlaneError(502, "bad_gateway", $"The replica that holds the model '{name}' broke off before it answered.", 1).ToException();
        }

        throw HopRoute.Unreachable(name);
    }

    public void Dispose() => client.Dispose();

    /// <summary>The request as it came, target and headers, with the mark.</summary>
    private sealed class Transformer : HttpTransformer
    {
        public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            var (request, target) = (httpContext.Request, httpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "");
            // Written anew from the decoded path, %2F in a name would arrive as %252F.
            var path = target.StartsWith('/') ? target : $"{request.PathBase}{request.Path}{request.QueryString}";
            proxyRequest.RequestUri = new Uri(destinationPrefix.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
            proxyRequest.Headers.Host = null;
            proxyRequest.Headers.Remove(HopRoute.MarkHeader);
            proxyRequest.Headers.TryAddWithoutValidation(HopRoute.MarkHeader, "1");
        }
    }
}

internal static class RestHops
{
    /// <summary>Requests to these endpoints are answered where their model is.</summary>
    /// <param name="nameIn">Route value that names the deployment.</param>
    /// <param name="loads">They need a version loaded, so that a deployment that is idle is loaded again first.</param>
    public static TBuilder AnsweredWhereHeld<TBuilder>(this TBuilder endpoint, string nameIn, bool loads) where TBuilder : IEndpointConventionBuilder
    {
        endpoint.Add(built =>
        {
            var (here, services) = (built.RequestDelegate!, built.ApplicationServices);
            // Not from the request's own services, whose scope costs something; made with the first request.
            var hop = new Lazy<RestHop>(services.GetRequiredService<RestHop>);
            built.RequestDelegate = http => hop.Value.InvokeAsync(http, here, nameIn, loads);
        });
        return endpoint;
    }
}
