using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Contracts.InferenceGateway.V1;

namespace MlopsPlane.Messaging.Samples;

/// <summary>Empties the channel in batches. What cannot be handed over in time is dropped and counted, never repeated.</summary>
internal sealed partial class SampleSender(
    SampleChannel channel, ISampleCarrier carrier, SampleMetrics metrics, TimeProvider clock, ILogger<SampleSender> logger) : BackgroundService
{
    private const int MaxOffers = 64;
    private const long MaxBytes = 1024 * 1024;
    private static readonly TimeSpan SendBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private bool failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<InferenceSample>();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var offer = await channel.TakeAsync(stoppingToken);
                var (offers, bytes) = (1, offer.Bytes);
                batch.AddRange(offer.Make());
                while (offers < MaxOffers && bytes < MaxBytes && channel.TryTake(out offer))
                {
                    offers++;
                    bytes += offer.Bytes;
                    batch.AddRange(offer.Make());
                }

                using var bound = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                bound.CancelAfter(SendBound);
                await carrier.SendAsync(batch, bound.Token);
                metrics.Sent(batch.Count);
                failing = false;
            }
            catch (Exception failure)
            {
                metrics.Dropped("send_failed", batch.Count);
                if (stoppingToken.IsCancellationRequested)
                    return;
                if (!failing)
                    Log.Failed(logger, failure);
                failing = true;
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            batch.Clear();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Samples cannot be handed over; they are dropped and counted until it works again")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
