using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>Wakes the loop that assigns deployments to replicas.</summary>
internal sealed class PlacementNeeded : WakeSignal;

/// <summary>
/// Assigns deployments to replicas, in the one replica that leads: after each change that it hears of, and every few seconds
/// for those replicas that fell silent. Every replica runs it; those that do not lead try to every few seconds.
/// </summary>
internal sealed partial class PlacementLeader(
    IServiceScopeFactory scopes, PlacementNeeded needed, DeploymentsChanged changed, ReplicaIdentity identity, DeploymentMetrics metrics, TimeProvider clock,
    ILogger<PlacementLeader> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private const int MaxAttempts = 5;
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(10);
    private long? term;
    private long roundAt;
    private long leadsSince;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                failing = false;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                metrics.RoundFailed("placement");
                (metrics.Leads, term) = (false, null);
                // A database that is away is told once.
                if (!failing)
                    Log.RoundFailed(logger, failure);
                failing = true;
                await Task.Delay(TimeSpan.FromSeconds(1), clock, CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await Task.WhenAny(needed.WaitAsync(Interval, stoppingToken));
        }

        metrics.Leads = false;
        if (term is not null)
            await ResignAsync();
    }

    private async Task RoundAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        var (before, last) = (term, roundAt);
        term = await db.LeadAsync(identity.Id, clock, ct);
        metrics.Leads = term is not null;
        roundAt = clock.NowMicroseconds();
        // While the database could not be reached nobody could report to it; who has not yet is not gone.
        if (term != before || roundAt - last > DeploymentInstant.Span(Gap))
            leadsSince = roundAt;
        for (var attempt = 0; attempt < MaxAttempts && term is { } leading; attempt++)
        {
            db.ChangeTracker.Clear();
            var now = clock.NowMicroseconds();
            var facts = await PlacementFacts.ReadAsync(db, now, leadsSince, ct);
            var plan = PlacementPlan.Of(facts.Deployments, facts.Replicas, now);
            metrics.Unplaced = plan.Deployments.Values.Count(placed => placed.Unplaced is not null);
            if (!PlacementWriter.Differs(facts, plan))
                return;
            if (await db.WriteAsync(token => PlacementWriter.WriteAsync(db, facts, plan, identity.Id, leading, clock, token), ct))
            {
                changed.Wake();
                return;
            }
        }

        // Changes come faster than plans are made: the next round is soon.
        if (term is not null)
            needed.Wake();
    }

    private async Task ResignAsync()
    {
        try
        {
            using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<InferenceDb>().ResignAsync(identity.Id, bound.Token);
        }
        catch (Exception failure)
        {
            Log.NotResigned(logger, failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Deployments could not be assigned to replicas; it will be tried again")]
        public static partial void RoundFailed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "The lead was not given up; another replica takes over when it has run out")]
        public static partial void NotResigned(ILogger logger, Exception failure);
    }
}
