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
        RefuseOversize(http);
        var proxy = http.GetReverseProxyFeature();
        // The balancer narrows the list to the one that it chose.
        var candidates = proxy.AvailableDestinations;
        List<DestinationState>? tried = null;
        for (var attempt = 1; ; attempt++)
        {
            await next(http);
            if (http.Features.Get<IForwarderErrorFeature>() is not { } failure || http.Response.HasStarted || http.RequestAborted.IsCancellationRequested)
                return;
            tried ??= [];
            if (proxy.ProxiedDestination is { } failed)
                tried.Add(failed);
            var others = Others(proxy, candidates, tried);
            if (attempt == MaxAttempts || others.Count == 0 || !MayRepeat(http, failure))
                throw Told(failure, Service(proxy));
            metrics.Retried(Service(proxy));
            http.Features.Set<IForwarderErrorFeature>(null);
            http.Response.Clear();
            proxy.ProxiedDestination = null;
            proxy.AvailableDestinations = others;
        }
    }

    /// <summary>Before anything is sent on: a body that is announced too large would only break off in the middle.</summary>
    private static void RefuseOversize(HttpContext http)
    {
        if (http.GetReverseProxyFeature().Route.Config.MaxRequestBodySize is { } most and >= 0 && http.Request.ContentLength > most)
            throw TooLarge(most);
    }

    private static PlaneException TooLarge(long most) =>
        new PlaneError(StatusCodes.Status413PayloadTooLarge, "body_too_large", $"The request's body is larger than the {most} bytes that this path takes.").ToException();

    /// <summary>
    /// The replicas that are left: good ones, else any other. One that is thought bad may have come up since the last
    /// look at it, and there is nothing to lose.
    /// </summary>
    private static List<DestinationState> Others(IReverseProxyFeature proxy, IReadOnlyList<DestinationState> candidates, List<DestinationState> tried)
    {
        var good = candidates.Except(tried).ToList();
        return good.Count > 0 ? good : [.. proxy.AllDestinations.Except(tried)];
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
        if (Find<BadHttpRequestException>(failure.Exception) is { } bad)
            return new PlaneError(bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "body_too_large" : "bad_request", bad.Message).ToException();
        metrics.Failed(service);
        return failure.Error switch
        {
            ForwarderError.NoAvailableDestinations => PlaneError.Unavailable("service_unavailable", $"No replica of '{service}' can be reached.").ToException(failure.Exception),
            ForwarderError.RequestTimedOut => new PlaneError(504, "gateway_timeout", $"'{service}' did not answer in time.").ToException(failure.Exception),
            _ => new PlaneError(502, "bad_gateway", $"'{service}' broke off before it answered; whether it did what was asked is not known.", 1)
                .ToException(failure.Exception),
        };
    }

    private static T? Find<T>(Exception? failure) where T : Exception => failure switch
    {
        T found => found,
        AggregateException several => several.InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null),
        _ => failure is null ? null : Find<T>(failure.InnerException),
    };

    private static string Service(IReverseProxyFeature proxy) => proxy.Cluster.Config.ClusterId.Split('+')[0];
}
