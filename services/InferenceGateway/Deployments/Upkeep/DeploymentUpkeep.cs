using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Following;

namespace MlopsPlane.InferenceGateway.Deployments.Upkeep;

/// <summary>Confirms new targets, at once or when the registry is back, and lets the cleaner work from time to time.</summary>
internal sealed partial class DeploymentUpkeep(
    IServiceScopeFactory scopes, TargetsResolved resolved, DeploymentMetrics metrics, TimeProvider clock, ILogger<DeploymentUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Cleaning = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var cleaned = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await resolved.WaitAsync(Interval, stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                await scope.ServiceProvider.GetRequiredService<TargetCheck>().CheckAsync(stoppingToken);
                if (clock.GetElapsedTime(cleaned) < Cleaning)
                    continue;
                cleaned = clock.GetTimestamp();
                await scope.ServiceProvider.GetRequiredService<DeploymentCleaner>().CleanAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.RoundFailed("upkeep");
                Log.RoundFailed(logger, failure);
                // A wake that comes while the registry is away must not make a storm of questions.
                await Task.Delay(TimeSpan.FromSeconds(1), clock, CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The upkeep of the deployments failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);
    }
}
