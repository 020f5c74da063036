using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>
/// Whether a deployment is unloaded here because nobody uses it. It falls asleep in two steps: first requests are led past
/// <see cref="WakeAsync"/>, and only in the next round, when all that had been let through before have their versions, is it
/// unloaded; so no request finds it gone. The request that wakes it is held until it is loaded, and those that come
/// meanwhile with it, up to a number and for a time (<c>Serving:HeldRequests</c>, <c>Serving:HoldSeconds</c>).
/// </summary>
internal sealed class IdleSleep(ServingOptions options, InferenceMetrics metrics, TimeProvider clock)
{
    private readonly Lock gate = new();
    private IReadOnlyList<(VariantKeeper Keeper, Wanted Wanted)> keepers = [];
    private long counted = -1;
    private long usedAt = clock.NowMicroseconds();
    private bool drowsy;
    private volatile bool dozes;
    private Task? waking;
    private int held;

    /// <summary>Requests must wake it first.</summary>
    public bool Dozes => dozes;

    /// <summary>When the last request came, to some ten seconds. Microseconds since 1970 UTC.</summary>
    public long UsedAt => usedAt - (usedAt % 10_000_000);

    /// <summary>Looks once more whether it is used, in each round of the replica, and unloads it where it is not.</summary>
    /// <param name="evictedAt">When its memory was needed for another deployment; null when it was not.</param>
    /// <returns>Whether it is unloaded now.</returns>
    public bool Look(DesiredDeployment desired, IReadOnlyList<(VariantKeeper Keeper, Wanted Wanted)> now, long? evictedAt)
    {
        lock (gate)
        {
            keepers = now;
            var requests = now.Sum(one => one.Keeper.Variant.Live is { Statistics: { } statistics } ? statistics.Success.Count + statistics.Failure.Count : 0);
            if (requests != counted && !drowsy)
                usedAt = clock.NowMicroseconds();
            counted = requests;
            if (waking is { IsCompleted: false })
                return false;
            var idle = desired.Spec.IdleUnloadSeconds is { } seconds && (clock.NowMicroseconds() - usedAt >= seconds * 1_000_000L || evictedAt > usedAt);
            if (!idle)
            {
                (drowsy, dozes) = (false, false);
                return false;
            }

            if (!drowsy)
            {
                (drowsy, dozes) = (true, true);
                return false;
            }

            foreach (var (keeper, wanted) in keepers)
                keeper.Sleep(wanted);
            return true;
        }
    }

    /// <summary>Loads it again, and waits until it is loaded or cannot be.</summary>
    /// <exception cref="PlaneException">503: too many requests wait already, or it took too long.</exception>
    public async Task WakeAsync(string name, CancellationToken ct)
    {
        if (Interlocked.Increment(ref held) > options.HeldRequests)
        {
            Interlocked.Decrement(ref held);
            throw PlaneError.Unavailable("model_loading", $"The model '{name}' is being loaded, and {options.HeldRequests} requests wait for it already.").ToException();
        }

        try
        {
            await Start().WaitAsync(TimeSpan.FromSeconds(options.HoldSeconds), clock, ct);
        }
        catch (TimeoutException)
        {
            throw PlaneError.Unavailable("model_loading", $"The model '{name}' was unloaded because nobody used it, and is not loaded again within {options.HoldSeconds} s.").ToException();
        }
        finally
        {
            Interlocked.Decrement(ref held);
        }
    }

    private Task Start()
    {
        lock (gate)
        {
            (usedAt, drowsy) = (clock.NowMicroseconds(), false);
            if (waking is { IsCompleted: false })
                return waking;
            if (!dozes)
                return Task.CompletedTask;
            metrics.Woken();
            return waking = LoadAsync([.. keepers.Select(one => one.Keeper.WakeAsync(one.Wanted))]);
        }
    }

    private async Task LoadAsync(Task[] loads)
    {
        await Task.WhenAll(loads).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        lock (gate)
            dozes = false;
    }
}
