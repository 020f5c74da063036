using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.External;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.LocalState;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Serving;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>
/// Brings what this replica serves to what is wanted, and tells how far it is. A replica that has just started says that
/// it is ready when everything that it should serve either answers or cannot.
/// </summary>
internal sealed partial class ReplicaLoop(
    DesiredReader desiredState, IObservedState observedState, DeploymentsChanged deploymentsChanged, ReplicaChanged replicaChanged, ServedDeployments served,
    KnownDeployments known, PlacementNeeded placement, KeeperContext keepers, ReplicaIdentity identity, IOptions<ServingOptions> options, InferenceMetrics metrics, TimeProvider clock, ILogger<ReplicaLoop> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan ReportWithin = TimeSpan.FromSeconds(5);

    /// <summary>What may be idle is looked at so often.</summary>
    private static readonly TimeSpan Drowsy = TimeSpan.FromSeconds(1);
    private readonly Dictionary<(long Deployment, string Variant), VariantKeeper> variants = [];
    private readonly Dictionary<long, IdleSleep> sleeps = [];
    private IReadOnlyList<DesiredDeployment> wanted = [];
    private long readAt;
    private List<ObservedVariant> told = [];
    private string toldUrl = "";
    private long toldAt;
    private Task leaving = Task.CompletedTask;
    private bool planned;
    private volatile bool settled;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(settled ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Deployed models are being loaded."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var woken = true;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Poll;
            try
            {
                // Rounds between only look at what is loaded here, or idle.
                if (woken || clock.GetElapsedTime(readAt) >= Heartbeat)
                    (wanted, readAt) = (await desiredState.ReadAsync(stoppingToken), clock.GetTimestamp());
                Converge(wanted);
                var knew = planned;
                await TellAsync(stoppingToken);
                woken = planned && !knew;
                pause = woken ? TimeSpan.Zero : variants.Values.All(keeper => keeper.IsSettled) ? Heartbeat : Retry;
                pause = sleeps.Count > 0 && pause > Drowsy ? Drowsy : pause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                served.IsStale = desiredState.IsStale;
                metrics.LoopFailed();
                Log.RoundFailed(logger, failure);
                (pause, woken) = (Retry, true);
            }

            woken |= await WaitAsync(pause, stoppingToken);
        }

        await LeaveAsync();
        await Task.WhenAll(variants.Values.Select(keeper => keeper.DisposeAsync().AsTask()).Append(leaving)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Has the leader give what is held here to others at once, and not when the silence is noticed.</summary>
    private async Task LeaveAsync()
    {
        try
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await observedState.LeaveAsync(identity.Id, bound.Token);
        }
        catch (Exception failure)
        {
            Log.NotLeft(logger, failure);
        }
    }

    private void Converge(IReadOnlyList<DesiredDeployment> all)
    {
        var wasPlanned = planned;
        var desired = all.Where(deployment => !deployment.Suspended && deployment.Holders.Any(holder => holder.Replica == identity.Id)).ToList();
        var before = variants.Keys.ToHashSet();
        var servedBefore = served.All.ToDictionary(deployment => deployment.Desired.Key);
        var deployments = new List<ServedDeployment>(desired.Count);
        foreach (var deployment in desired)
        {
            var own = new List<(VariantKeeper Keeper, Wanted Wanted)>(deployment.Spec.Variants.Count);
            foreach (var variant in deployment.Spec.Variants)
            {
                if (TargetOf(deployment, variant) is not { } target)
                    continue;
                var key = (deployment.Key, variant.Name);
                before.Remove(key);
                if (!variants.TryGetValue(key, out var keeper))
                    variants.Add(key, keeper = new VariantKeeper(keepers, variant));
                own.Add((keeper, new Wanted(deployment, variant, target)));
            }

            var sleep = Bring(deployment, own);

            var serving = servedBefore.GetValueOrDefault(deployment.Key);
            var next = serving is not null && serving.Desired.Generation == deployment.Generation && serving.Sleep == sleep && serving.Variants.SequenceEqual(own.Select(one => one.Keeper.Variant))
                ? serving
                : new ServedDeployment(deployment, [.. own.Select(one => one.Keeper.Variant)], serving) { Replica = identity.Id, Sleep = sleep };
            if (serving is not null && serving.IsLoaded && !next.IsLoaded && sleep is not { Dozes: true })
            {
                // Other variants than before, none of which answers yet.
                before.ExceptWith(serving.Variants.Select(variant => (deployment.Key, variant.Spec.Name)));
                next = serving;
            }

            deployments.Add(next);
        }

        known.Set(all);
        served.Set(deployments);
        foreach (var gone in sleeps.Keys.Except(desired.Select(deployment => deployment.Key)).ToList())
            sleeps.Remove(gone);
        served.IsStale = desiredState.IsStale;
        // Only now does nobody find them any more.
        foreach (var key in before)
        {
            variants.Remove(key, out var gone);
            var ends = gone!.DisposeAsync().AsTask();
            leaving = leaving.IsCompleted ? ends : Task.WhenAll(leaving, ends);
        }

        // Before the leader has seen it a replica does not know what it lacks; without the database it knows as much as it will.
        settled |= (wasPlanned || served.IsStale) && variants.Values.All(keeper => keeper.IsSettled);
    }

    /// <summary>Has the variants loaded, or unloaded where nobody uses them.</summary>
    private IdleSleep? Bring(DesiredDeployment deployment, List<(VariantKeeper Keeper, Wanted Wanted)> own)
    {
        IdleSleep? sleep = null;
        if (deployment.Spec.IdleUnloadSeconds is not null && deployment.Spec.Variants.Any(variant => !variant.IsExternal))
        {
            if (!sleeps.TryGetValue(deployment.Key, out sleep))
                sleeps.Add(deployment.Key, sleep = new IdleSleep(options.Value, metrics, clock));
        }
        else
        {
            sleeps.Remove(deployment.Key);
        }

        var sleeping = sleep?.Look(deployment, own, deployment.Holders.First(holder => holder.Replica == identity.Id).EvictedAt) == true;
        foreach (var (keeper, wanted) in own)
        {
            if (!sleeping)
                keeper.Want(wanted.Desired, wanted.Variant, wanted.Target);
            keeper.Tidy();
        }

        return sleep;
    }

    /// <summary>What a variant serves; null while that is not resolved.</summary>
    private static VariantTarget? TargetOf(DesiredDeployment deployment, VariantSpec variant) => variant.IsExternal
        ? new VariantTarget(ExternalLoader.ModelOf(deployment.Spec, variant), Version: 0, Previous: null)
        : deployment.Targets.GetValueOrDefault(variant.Name);

    private async Task TellAsync(CancellationToken ct)
    {
        var now = new List<ObservedVariant>();
        foreach (var (key, keeper) in variants)
            keeper.Observe(now, sleeps.GetValueOrDefault(key.Deployment)?.UsedAt);
        var report = identity.Report();
        if (planned && now.SequenceEqual(told) && report.Url == toldUrl && toldAt != 0 && clock.GetElapsedTime(toldAt) < Heartbeat)
            return;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(ReportWithin);
        // Not every step of a connection that is being opened looks at the token.
        planned = await observedState.ReportAsync(report, now, bound.Token).WaitAsync(bound.Token);
        (told, toldUrl, toldAt) = (now, report.Url, clock.GetTimestamp());
        if (!planned)
            placement.Wake();
    }

    /// <summary>Until something changed here or in what is wanted.</summary>
    /// <returns>Whether something is wanted anew.</returns>
    private async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var (desired, here) = (deploymentsChanged.WaitAsync(atMost, either.Token), replicaChanged.WaitAsync(atMost, either.Token));
        await Task.WhenAny(desired, here);
        await either.CancelAsync();
        await Task.WhenAll((Task)desired, here).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return desired.IsCompletedSuccessfully && await desired;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of the replica's loop failed; it is repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "The others could not be told that this replica stops; they notice by its silence")]
        public static partial void NotLeft(ILogger logger, Exception failure);
    }
}
