using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.External;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.LocalState;
using MlopsPlane.InferenceGateway.Serving;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>
/// Brings what this replica serves to what is wanted, and tells how far it is. A replica that has just started says that
/// it is ready when everything that it should serve either answers or cannot.
/// </summary>
internal sealed partial class ReplicaLoop(
    DesiredReader desiredState, IObservedState observedState, DeploymentsChanged deploymentsChanged, ReplicaChanged replicaChanged, ServedDeployments served,
    KeeperContext keepers, ReplicaIdentity identity, IOptions<ServingOptions> options, InferenceMetrics metrics, TimeProvider clock, ILogger<ReplicaLoop> logger)
    : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);
    private readonly Dictionary<(long Deployment, string Variant), VariantKeeper> variants = [];
    private List<ObservedVariant> told = [];
    private long toldAt;
    private volatile bool settled;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(settled ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("Deployed models are being loaded."));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Poll;
            try
            {
                await ConvergeAsync(stoppingToken);
                await TellAsync(stoppingToken);
                pause = variants.Values.All(keeper => keeper.IsSettled) ? Heartbeat : Retry;
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
                pause = Retry;
            }

            await WaitAsync(pause, stoppingToken);
        }

        foreach (var keeper in variants.Values)
            await keeper.DisposeAsync();
    }

    private async Task ConvergeAsync(CancellationToken ct)
    {
        var desired = (await desiredState.ReadAsync(ct)).Where(deployment => deployment.Spec.Pool == options.Value.Pool).ToList();
        var before = variants.Keys.ToHashSet();
        var servedBefore = served.All.ToDictionary(deployment => deployment.Desired.Key);
        var deployments = new List<ServedDeployment>(desired.Count);
        foreach (var deployment in desired)
        {
            var own = new List<ServedVariant>(deployment.Spec.Variants.Count);
            foreach (var variant in deployment.Spec.Variants)
            {
                if (TargetOf(deployment, variant) is not { } target)
                    continue;
                var key = (deployment.Key, variant.Name);
                before.Remove(key);
                if (!variants.TryGetValue(key, out var keeper))
                    variants.Add(key, keeper = new VariantKeeper(keepers, variant));
                keeper.Want(deployment, variant, target);
                keeper.Tidy();
                own.Add(keeper.Variant);
            }

            var serving = servedBefore.GetValueOrDefault(deployment.Key);
            deployments.Add(serving is not null && serving.Desired.Generation == deployment.Generation && serving.Variants.SequenceEqual(own)
                ? serving
                : new ServedDeployment(deployment, own, serving));
        }

        served.Set(deployments);
        served.IsStale = desiredState.IsStale;
        // Only now does nobody find them any more.
        foreach (var key in before)
        {
            variants.Remove(key, out var gone);
            _ = gone!.DisposeAsync().AsTask();
        }

        settled |= variants.Values.All(keeper => keeper.IsSettled);
    }

    /// <summary>What a variant serves; null while that is not resolved.</summary>
    private static VariantTarget? TargetOf(DesiredDeployment deployment, VariantSpec variant) => variant.IsExternal
        ? new VariantTarget(ExternalLoader.ModelOf(deployment.Spec, variant), Version: 0, Previous: null)
        : deployment.Targets.GetValueOrDefault(variant.Name);

    private async Task TellAsync(CancellationToken ct)
    {
        var now = new List<ObservedVariant>();
        foreach (var keeper in variants.Values)
            keeper.Observe(now);
        if (now.SequenceEqual(told) && toldAt != 0 && clock.GetElapsedTime(toldAt) < Heartbeat)
            return;
        await observedState.ReportAsync(identity.Report(), now, ct);
        (told, toldAt) = (now, clock.GetTimestamp());
    }

    /// <summary>Until something changed here or in what is wanted.</summary>
    private async Task WaitAsync(TimeSpan atMost, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var waits = new[] { deploymentsChanged.WaitAsync(atMost, either.Token), replicaChanged.WaitAsync(atMost, either.Token) };
        await Task.WhenAny(waits);
        await either.CancelAsync();
        foreach (var wait in waits)
            await wait.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of the replica's loop failed; it is repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);
    }
}
