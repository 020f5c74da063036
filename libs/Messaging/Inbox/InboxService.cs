using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>Repeats what lies parked in the inboxes of this process when it is due, and forgets aggregates that are long quiet.</summary>
internal sealed partial class InboxService(
    IEnumerable<IConsumer> consumers, IOptions<MessagingOptions> options, TimeProvider clock, MessagingMetrics metrics, ILogger<InboxService> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>While nothing is held: what another process of the consumer parks, that one repeats, unless it ends.</summary>
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromHours(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(consumers.Select(consumer => Task.Run(() => RunAsync(consumer, stoppingToken), stoppingToken)));

    private async Task RunAsync(IConsumer consumer, CancellationToken ct)
    {
        var purged = clock.GetTimestamp();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (!await consumer.HoldsAsync(ct))
                    await consumer.Held.WaitAsync(QuietInterval, ct);
                else if (!await consumer.RepeatDueAsync(ct))
                    await Task.Delay(Interval, clock, ct);
                if (clock.GetElapsedTime(purged) >= PurgeInterval)
                {
                    purged = clock.GetTimestamp();
                    await consumer.PurgeAsync(options.Value.InboxMemory, ct);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.Failed(consumer.Name);
                Log.RoundFailed(logger, failure, consumer.Name);
                await Task.Delay(Interval * 5, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The parked deliveries of {Consumer} could not be looked through; it will be tried again")]
        public static partial void RoundFailed(ILogger logger, Exception failure, string consumer);
    }
}
