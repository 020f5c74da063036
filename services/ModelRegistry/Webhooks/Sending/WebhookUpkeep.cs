using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>Lets the cleaner work from time to time, and shows how much waits as gauges that are at most 15 seconds old.</summary>
internal sealed partial class WebhookUpkeep(IServiceScopeFactory scopes, WebhookMetrics metrics, TimeProvider clock, ILogger<WebhookUpkeep> logger)
    : BackgroundService
{
    private const int MeasurementsPerCleaning = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var round = 1; !stoppingToken.IsCancellationRequested; round++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var cleaner = scope.ServiceProvider.GetRequiredService<WebhookCleaner>();
                if (round % MeasurementsPerCleaning == 0)
                    await cleaner.CleanAsync(stoppingToken);
                metrics.Show(await cleaner.MeasureAsync(stoppingToken));
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.Show(null);
                metrics.RoundFailed("upkeep");
                Log.RoundFailed(logger, failure);
            }

            await Task.Delay(Interval, clock, CancellationToken.None).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "The upkeep of the webhooks' deliveries failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);
    }
}
