using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>Runs the collector at intervals and whenever something was removed.</summary>
internal sealed partial class CollectorService(
    IServiceScopeFactory scopes, RetentionSignal signal, RetentionMetrics metrics, ILogger<CollectorService> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await signal.WaitAsync(Interval, stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                var collector = scope.ServiceProvider.GetRequiredService<Collector>();
                await collector.ApplyPoliciesAsync(stoppingToken);
                await collector.RemoveArtifactsAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.Failed();
                Log.RoundFailed(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of retention failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);
    }
}
