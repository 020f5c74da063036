using System.Diagnostics;
using System.Globalization;
using MlopsPlane.InferenceGateway.Sampling;
using MlopsPlane.InferenceGateway.Usage;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>What every protocol does with a request: finds who answers it, has it answered, and counts it.</summary>
internal sealed class InferenceCalls(ServedDeployments served, InferenceMetrics metrics, ShadowRequests shadows, UsageMeter usage, PayloadSampler sampler, TimeProvider clock)
{
    /// <summary>Refuses what is not deployed, before the request's body is read.</summary>
    /// <exception cref="PlaneException">404: no such deployment.</exception>
    public void Require(string workspace, string name) => served.Require(workspace, name);

    /// <summary>
    /// Begins a request on a deployment, once all of it is there: a version that is replaced waits for those that have begun. It
    /// must be ended.
    /// </summary>
    /// <param name="version">The version that the client insists on; null when any will do.</param>
    /// <param name="header">Value of a header of the request, by its name.</param>
    /// <exception cref="PlaneException">404: no such deployment or version. 501: its variant takes no tensors. 503: it has no version loaded.</exception>
    public InferenceCall Begin<THeaders>(string workspace, string name, string? version, THeaders headers, Func<THeaders, string, string?> header)
    {
        var began = Stopwatch.GetTimestamp();
        var deployment = served.Require(workspace, name);
        var variant = string.IsNullOrEmpty(version)
            ? deployment.Choose(deployment.Spec.StickyHeader is { } sticky ? header(headers, sticky) : null)
            : WithVersion(deployment, version);
        var leased = variant.Lease() ?? throw NotReady(deployment, variant);
        try
        {
            return new InferenceCall(deployment, variant, leased, leased.Executor.Rent(), began);
        }
        catch
        {
            leased.Release();
            throw;
        }
    }

    /// <summary>Sets what the request asks of the queue.</summary>
    /// <param name="priority">0 for the deployment's default.</param>
    /// <param name="timeoutMicroseconds">0 for the deployment's own.</param>
    /// <exception cref="PlaneException">400: there is no such level.</exception>
    public static void Schedule(InferenceCall call, ulong priority, ulong timeoutMicroseconds)
    {
        var batching = call.Deployment.Spec.Batching;
        if (priority > (ulong)batching.PriorityLevels)
            throw PlaneError.Invalid("invalid_priority", $"'priority' is {priority}; the deployment has {batching.PriorityLevels} level(s).").ToException();
        call.Item.Priority = priority == 0 ? batching.DefaultPriority : (int)priority;
        var bound = batching.TimeoutMs is { } own ? (ulong)own * 1000 : ulong.MaxValue;
        var wanted = Math.Min(timeoutMicroseconds == 0 ? ulong.MaxValue : timeoutMicroseconds, bound);
        call.Item.Deadline = wanted >= long.MaxValue / (ulong)Stopwatch.Frequency
            ? long.MaxValue
            : call.BeganAt + (long)(wanted * (ulong)Stopwatch.Frequency / 1_000_000);
    }

    /// <summary>Has the request answered; the answer is in its item.</summary>
    /// <exception cref="PlaneException">It could not be; the message is for its client.</exception>
    public async ValueTask RunAsync(InferenceCall call, CancellationToken ct)
    {
        PayloadSampler.Draw(call);
        if (call.Deployment.Shadows.Length > 0)
            shadows.Send(call);
        if (call.Deployment.Cache is { } cache && ResponseCache.KeyOf(call.Version, call.Item) is { } key)
        {
            await RunCachedAsync(call, cache, key, ct);
            return;
        }

        Count(call, await call.Version.Executor.ExecuteAsync(call.Item, ct));
    }

    private async ValueTask RunCachedAsync(InferenceCall call, ResponseCache cache, string key, CancellationToken ct)
    {
        var (item, looked) = (call.Item, Stopwatch.GetTimestamp());
        var hit = cache.TryGet(key, item);
        (hit ? call.Version.Statistics.CacheHit : call.Version.Statistics.CacheMiss).Add(Stopwatch.GetTimestamp() - looked);
        metrics.Cached(call, hit);
        if (hit)
        {
            (item.EnqueuedAt, item.StartedAt, item.DoneAt, item.RunRows) = (looked, looked, looked, item.Rows);
            Count(call, null);
            return;
        }

        Count(call, await call.Version.Executor.ExecuteAsync(item, ct));
        cache.Keep(key, item);
    }

    /// <exception cref="PlaneException">What the request failed with.</exception>
    private void Count(InferenceCall call, PlaneError? error)
    {
        var (item, statistics, now) = (call.Item, call.Version.Statistics, Stopwatch.GetTimestamp());
        metrics.Answered(call, error is null, now);
        usage.Count(call, error is null);
        InferenceTrace.Trace(call, error?.Message, clock);
        if (error is not null)
        {
            statistics.Failure.Add(now - call.BeganAt);
            throw error.ToException();
        }

        sampler.Take(call);
        statistics.Success.Add(now - call.BeganAt);
        statistics.Queue.Add(item.StartedAt - item.EnqueuedAt);
        var (from, to) = item.ComputeAt == 0 ? (item.StartedAt, item.DoneAt) : (item.ComputeAt, item.ComputedAt);
        statistics.ComputeInput.Add(from - item.StartedAt);
        statistics.ComputeInfer.Add(to - from);
        statistics.ComputeOutput.Add(item.DoneAt - to);
        statistics.Count(item.Rows, clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    /// <summary>Gives back what the call held; after its answer was written.</summary>
    public static void End(InferenceCall call)
    {
        call.Version.Executor.Return(call.Item);
        call.Version.Release();
    }

    private static ServedVariant WithVersion(ServedDeployment deployment, string version) =>
        int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && deployment.WithVersion(number) is { } variant
            ? variant
            : throw NoVersion(deployment, version);

    public static PlaneException NoVersion(ServedDeployment deployment, string version) =>
        PlaneError.NotFound("version_not_found", $"The model '{deployment.Spec.Name}' does not serve a version '{version}' now.").ToException();

    public static PlaneException NotReady(ServedDeployment deployment, ServedVariant variant) => PlaneError.Unavailable(
        "model_not_ready", $"The model '{deployment.Spec.Name}' is not ready: {variant.Reason ?? "it is being loaded"}.").ToException();
}
