using System.Diagnostics;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>
/// Spans <c>queue</c> and <c>compute</c> of requests that ran, below the span of the request. They are made afterwards, from
/// timestamps that are taken anyway, and only where somebody listens.
/// </summary>
internal static class InferenceTrace
{
    public static readonly ActivitySource Source = new(InferenceMetrics.MeterName);

    /// <param name="error">What the client is told of a run that failed; null when it succeeded.</param>
    public static void Trace(InferenceCall call, string? error, TimeProvider clock)
    {
        if (!Source.HasListeners() || call.Item.RunRows == 0)
            return;
        var (item, now, utc) = (call.Item, Stopwatch.GetTimestamp(), clock.GetUtcNow());
        var started = utc - Stopwatch.GetElapsedTime(item.StartedAt, now);
        Span("queue", call, utc - Stopwatch.GetElapsedTime(item.EnqueuedAt, now), started, null);
        Span("compute", call, started, utc - Stopwatch.GetElapsedTime(item.DoneAt, now), error);
    }

    private static void Span(string name, InferenceCall call, DateTimeOffset from, DateTimeOffset to, string? error)
    {
        using var span = Source.StartActivity(ActivityKind.Internal, startTime: from, name: name, tags:
        [
            new("workspace", call.Deployment.Desired.Workspace),
            new("deployment", call.Deployment.Spec.Name),
            new("variant", call.Variant.Spec.Name),
            new("version", call.Version.VersionText),
            new("batch.rows", call.Item.RunRows),
        ]);
        if (error is not null)
            span?.SetStatus(ActivityStatusCode.Error, error);
        span?.SetEndTime(to.UtcDateTime);
    }
}
