using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.InferenceGateway.Loading;

namespace MlopsPlane.InferenceGateway.Usage;

/// <summary>Publishes once a minute what was used. What cannot be stored stays as it is and is tried again; later usage waits behind it.</summary>
internal sealed partial class UsageRecorder(
    UsageMeter meter, UsageStore store, IOptions<ServingOptions> options, InferenceMetrics metrics, TimeProvider clock, ILogger<UsageRecorder> logger) : BackgroundService
{
    private UsageBatch? unstored;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var from = clock.GetUtcNow();
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(TimeSpan.FromSeconds(options.Value.UsageSeconds), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            from = await RecordAsync(from, CancellationToken.None);
        }
    }

    /// <returns>Where the next time begins.</returns>
    private async Task<DateTimeOffset> RecordAsync(DateTimeOffset from, CancellationToken ct)
    {
        try
        {
            if (unstored is not null)
                await store.StoreAsync(unstored, ct);
            unstored = null;
            var to = clock.GetUtcNow();
            if (meter.Take() is { Count: > 0 } used)
                await store.StoreAsync(unstored = new(from, to, used), ct);
            unstored = null;
            return to;
        }
        catch (Exception failure)
        {
            metrics.LoopFailed();
            Log.NotRecorded(logger, failure);
            return unstored is { } batch && batch.To > from ? batch.To : from;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Usage could not be recorded; it is tried again in a minute")]
        public static partial void NotRecorded(ILogger logger, Exception failure);
    }
}
