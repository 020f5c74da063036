using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>Compacts what the queue brings, one history at a time.</summary>
internal sealed partial class CompactionService(
    IServiceScopeFactory scopes, CompactionQueue queue, CompactionMetrics metrics, ILogger<CompactionService> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var item = await queue.TakeAsync(stoppingToken);
                await using var scope = scopes.CreateAsyncScope();
                var compactor = scope.ServiceProvider.GetRequiredService<Compactor>();
                if (item.Key is { } key)
                    await compactor.CompactAsync(item.RunKey, key, stoppingToken);
                else
                    await compactor.CompactRunAsync(item.RunKey, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.Failed();
                Log.Failed(logger, failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "A history could not be compacted; it is read from its rows")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
