using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlopsPlane.Primitives;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace MlopsPlane.EdgeGateway.Forwarding;

/// <summary>
/// Sends a request to another replica where that cannot do anything twice: a read that got no answer, and any request
/// whose replica could not even be connected to. Everything else that fails is told to the client.
/// </summary>
internal sealed class SafeRetry(RequestDelegate next, EdgeMetrics metrics)
{
    private const int MaxAttempts = 3;

    public async Task InvokeAsync(HttpContext http)
    {
        var proxy = http.GetReverseProxyFeature();
        for (var attempt = 1; ; attempt++)
        {
            await next(http);
            if (http.Features.Get<IForwarderErrorFeature>() is not { } failure || http.Response.HasStarted || http.RequestAborted.IsCancellationRequested)
                return;
            var others = proxy.AvailableDestinations.Where(one => one != proxy.ProxiedDestination).ToList();
            if (attempt == MaxAttempts || others.Count == 0 || !MayRepeat(http, failure))
                throw Told(failure, Service(proxy));
            metrics.Retried(Service(proxy));
            http.Features.Set<IForwarderErrorFeature>(null);
            http.Response.Clear();
            proxy.ProxiedDestination = null;
            proxy.AvailableDestinations = others;
        }
    }

    private static bool MayRepeat(HttpContext http, IForwarderErrorFeature failure)
    {
        // No connection means that not a byte of the request has left.
        if (failure.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError }
            && failure.Error == ForwarderError.Request)
            return true;
        var reads = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        return reads && http.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true
            && failure.Error is ForwarderError.Request or ForwarderError.RequestTimedOut or ForwarderError.ResponseHeaders;
    }

    private PlaneException Told(IForwarderErrorFeature failure, string service)
    {
        metrics.Failed(service);
        return failure.Error switch
        {
            ForwarderError.NoAvailableDestinations => PlaneError.Unavailable("service_unavailable", $"No replica of '{service}' can be reached.").ToException(failure.Exception),
            ForwarderError.RequestTimedOut => new PlaneError(504, "gateway_timeout", $"'{service}' did not answer in time.").ToException(failure.Exception),
            ForwarderError.RequestBodyClient when failure.Exception is BadHttpRequestException bad => throw bad,
            _ => new PlaneError(502, "bad_gateway", $"'{service}' broke off before it answered; whether it did what was asked is not known.", 1)
                .ToException(failure.Exception),
        };
    }

    private static string Service(IReverseProxyFeature proxy) => proxy.Cluster.Config.ClusterId.Split('+')[0];
}
