using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.InferenceGateway.Quarantine;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>
/// Brings one variant to the version that is wanted and keeps it there: loads beside what answers, swaps when the new
/// version is warm, and lets the old one finish. While a new version cannot be loaded the last good one goes on.
/// </summary>
internal sealed partial class VariantKeeper(KeeperContext context, VariantSpec spec) : IAsyncDisposable
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60)];
    private readonly Lock gate = new();
    private readonly List<ServedVersion> draining = [];
    private Task retirements = Task.CompletedTask;
    private Wanted? wanted;
    private Wanted? live;
    private CancellationTokenSource? loading;
    private Task load = Task.CompletedTask;
    private Standby? standby;
    private LoadStep step;
    private string? failure;
    private bool refused;
    private bool quarantined;
    private bool asleep;
    private bool disposed;
    private long? memory;
    private int attempts;
    private long retryAt;

    public ServedVariant Variant { get; } = new(spec);

    /// <summary>Whether it has come to an end: the version is live, or cannot be.</summary>
    public bool IsSettled
    {
        get
        {
            lock (gate)
                return asleep || live == wanted || failure is not null;
        }
    }

    /// <summary>Sets what is wanted; returns at once.</summary>
    public void Want(DesiredDeployment desired, VariantSpec variant, VariantTarget target)
    {
        lock (gate)
        {
            if (disposed)
                return;
            Variant.Spec = variant;
            var now = new Wanted(desired, variant, target);
            if (asleep)
            {
                // Loaded by nobody, so that there is nothing to compare with.
                (asleep, wanted, live) = (false, null, null);
                Variant.Reason = null;
            }

            var same = wanted is { } before && before.IsLike(now) && before.Desired.Retries == desired.Retries;
            wanted = same ? wanted! with { Desired = desired, Variant = variant, Target = target } : now;
            if (same)
            {
                live = live?.IsLike(now) == true ? wanted : live;
                if (live == wanted || !load.IsCompleted || refused || (failure is not null && context.Clock.GetTimestamp() < retryAt))
                    return;
            }
            else
            {
                (failure, refused, attempts) = (null, false, 0);
                loading?.Cancel();
                if (live?.IsLike(now) == true)
                {
                    live = wanted;
                    return;
                }

                if (TrySwapBack(wanted))
                    return;
            }

            loading = new CancellationTokenSource();
            load = LoadAsync(wanted, load, loading.Token);
        }
    }

    /// <summary>Sets what is wanted and loads it where it was unloaded for being idle; done when that has come to an end.</summary>
    public Task WakeAsync(Wanted now)
    {
        lock (gate)
        {
            if (asleep)
                Want(now.Desired, now.Variant, now.Target);
            return load;
        }
    }

    /// <summary>Unloads what is there, until it is wanted again; what is wanted meanwhile is told as that.</summary>
    public void Sleep(Wanted now)
    {
        var gone = new List<ServedVersion>();
        lock (gate)
        {
            (Variant.Spec, wanted, Variant.Reason) = (now.Variant, now, "it is unloaded because nobody used it");
            (failure, refused, quarantined, attempts) = (null, false, false, 0);
            loading?.Cancel();
            if (Variant.Swap(null) is { } version)
            {
                memory = version.MemoryBytes;
                gone.Add(version);
            }

            if (standby is { } kept)
                gone.Add(kept.Version);
            (standby, live) = (null, null);
            asleep = true;
        }

        gone.ForEach(Retire);
    }

    /// <summary>Drops what is kept for a rollback once its time is over.</summary>
    public void Tidy()
    {
        ServedVersion? old = null;
        lock (gate)
        {
            if (standby is { } kept && context.Clock.GetElapsedTime(kept.Since) > context.KeepPrevious)
                (old, standby) = (kept.Version, null);
        }

        if (old is not null)
            Retire(old);
    }

    public async ValueTask DisposeAsync()
    {
        ServedVersion? last, kept;
        lock (gate)
        {
            disposed = true;
            loading?.Cancel();
            (last, kept) = (Variant.Swap(null), standby?.Version);
            standby = null;
        }

        await load.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var version in new[] { last, kept, Variant.Swap(null) }.OfType<ServedVersion>())
            Retire(version);
        Task all;
        lock (gate)
            all = retirements;
        await all;
    }

    /// <summary>The version before is warm still: it takes over again at once.</summary>
    private bool TrySwapBack(Wanted to)
    {
        if (standby is not { } kept || !kept.Was.IsLike(to))
            return false;
        var replaced = Variant.Swap(kept.Version);
        standby = replaced is null || live is null ? null : new Standby(replaced, live, context.Clock.GetTimestamp());
        live = to;
        Variant.Reason = null;
        context.Changed.Wake();
        return true;
    }

    private async Task LoadAsync(Wanted target, Task before, CancellationToken ct)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        try
        {
            var version = await context.LoadAsync(target, new Steps(this), ct);
            context.Metrics.Loaded(target.Desired.Spec.Name, "loaded");
            TakeOver(target, version);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Something else is wanted meanwhile.
        }
        catch (Exception failed)
        {
            Fail(target, failed);
        }

        context.Changed.Wake();
    }

    private void TakeOver(Wanted target, ServedVersion version)
    {
        ServedVersion? dropped;
        lock (gate)
        {
            if (asleep || wanted is null || !wanted.IsLike(target))
            {
                dropped = version;
            }
            else
            {
                dropped = standby?.Version;
                var replaced = Variant.Swap(version);
                standby = replaced is null || live is null || context.KeepPrevious == TimeSpan.Zero ? null : new Standby(replaced, live, context.Clock.GetTimestamp());
                if (replaced is not null && standby is null)
                    Retire(replaced);
                live = wanted;
                (failure, attempts, Variant.Reason) = (null, 0, null);
            }
        }

        if (dropped is not null)
            Retire(dropped);
    }

    private void Fail(Wanted target, Exception failed)
    {
        var known = failed is ModelRefusedException or QuarantinedException or PlaneException;
        // Files and servers have a word in it, and it goes to logs, to clients and into the database.
        var reason = ShownText.Of(known ? failed.Message : $"{failed.GetType().Name}: {failed.Message}");
        context.Metrics.Loaded(target.Desired.Spec.Name, failed is ModelRefusedException ? "refused" : "failed");
        Log.NotLoaded(context.Logger, known ? null : failed, target.Desired.Workspace, target.Desired.Spec.Name, Variant.Spec.Name, target.Target.Version, reason);
        lock (gate)
        {
            if (asleep || wanted is null || !wanted.IsLike(target))
                return;
            (failure, quarantined) = (reason, failed is QuarantinedException);
            refused = quarantined || failed is ModelRefusedException;
            retryAt = context.Clock.GetTimestamp() + (long)(Pauses[Math.Min(attempts++, Pauses.Length - 1)].TotalSeconds * context.Clock.TimestampFrequency);
            Variant.Reason = reason;
        }
    }

    private void Tell() => context.Changed.Wake();

    private void Retire(ServedVersion version)
    {
        lock (gate)
        {
            draining.Add(version);
            var ends = Task.Run(() => RetireAsync(version));
            retirements = retirements.IsCompleted ? ends : Task.WhenAll(retirements, ends);
        }
    }

    private async Task RetireAsync(ServedVersion version)
    {
        await version.RetireAsync(context.DrainPatience);
        context.Metrics.Unloaded(wanted?.Desired.Spec.Name ?? "");
        lock (gate)
            draining.Remove(version);
        context.Changed.Wake();
    }

    /// <param name="Since">Timestamp of its replacement.</param>
    private sealed record Standby(ServedVersion Version, Wanted Was, long Since);

    private sealed class Steps(VariantKeeper keeper) : IProgress<LoadStep>
    {
        public void Report(LoadStep value)
        {
            bool moved;
            lock (keeper.gate)
                (moved, keeper.step) = (keeper.step.State != value.State, value);
            if (moved)
                keeper.Tell();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "{Workspace}/{Deployment} {Variant} cannot serve version {Version}: {Reason}")]
        public static partial void NotLoaded(ILogger logger, Exception? failure, string workspace, string deployment, string variant, int version, string reason);
    }
}
