using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Changes;

/// <summary>Notices changes that other replicas, or the handlers of events, have made: reads one number each second.</summary>
internal sealed partial class ChangeWatch(
    IServiceScopeFactory scopes, DeploymentsChanged changed, PlacementNeeded placement, DeploymentMetrics metrics, TimeProvider clock, ILogger<ChangeWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (seen, failing) = (-1L, false);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var now = await scope.ServiceProvider.GetRequiredService<InferenceDb>().ChangesAsync(stoppingToken);
                if (now != seen)
                {
                    placement.Wake();
                    changed.Wake();
                }

                (seen, failing) = (now, false);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.RoundFailed("changes");
                // A database that is away is told once, not each second.
                if (!failing)
                    Log.RoundFailed(logger, failure);
                failing = true;
            }

            await Task.Delay(Interval, clock, CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Whether deployments have changed cannot be read; it will be tried again each second")]
        public static partial void RoundFailed(ILogger logger, Exception failure);
    }
}
