using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.EdgeGateway.Limits;

/// <summary>Refuses what goes over a limit: 429 with a second to wait, never more than two, since a limit must not stall a training run.</summary>
internal sealed class LimitStep(RequestDelegate next, RequestLimiter limiter, EdgeMetrics metrics)
{
    private const int WaitSeconds = 1;

    public Task InvokeAsync(HttpContext http)
    {
        if (limiter.Judge(http) is not { } scope)
            return next(http);
        metrics.Limited(scope);
        throw new PlaneError(StatusCodes.Status429TooManyRequests, "too_many_requests",
            $"The {scope} sends more requests than its limit allows; repeat in {WaitSeconds} second.", WaitSeconds).ToException();
    }
}
