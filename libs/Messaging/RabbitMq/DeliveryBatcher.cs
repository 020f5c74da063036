using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.Inbox;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Gathers the deliveries of one queue into batches, one transaction each. While the consumer's database does not
/// answer they are held here: giving them back would spend the broker's delivery limit on a fault that is not theirs.
/// </summary>
internal sealed partial class DeliveryBatcher : IAsyncDisposable
{
    /// <summary>Longest time that a delivery is held: less than the half hour after which the broker closes the channel.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<Waiting> queue = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private readonly IConsumer consumer;
    private readonly Settlement settlement;
    private readonly int batchSize;
    private readonly TimeProvider clock;
    private readonly MessagingMetrics metrics;
    private readonly ILogger logger;
    private readonly Task loop;

    public DeliveryBatcher(IConsumer consumer, Settlement settlement, int batchSize, TimeProvider clock, MessagingMetrics metrics, ILogger logger)
    {
        (this.consumer, this.settlement, this.batchSize, this.clock, this.metrics, this.logger) = (consumer, settlement, batchSize, clock, metrics, logger);
        loop = Task.Run(RunAsync);
    }

    /// <summary>
    /// Takes a delivery, which is settled when it is applied, skipped or parked, and committed. After the end it is left
    /// alone, so that it goes back with the channel: told to give it back at once, a broker would bring it again and
    /// again, until its delivery limit made it a dead letter.
    /// </summary>
    public void Add(Received message, Delivery delivery) => queue.Writer.TryWrite(new(message, delivery));

    /// <summary>Stops; what is not committed is left to the broker.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stopping.CancelAsync();
        await loop;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>(batchSize);
        while (await queue.Reader.WaitToReadAsync() && !stopping.IsCancellationRequested)
        {
            Fill(batch);
            // Under load the next ones are about to come; a lone delivery loses two milliseconds.
            if (batch.Count < batchSize)
            {
                await Task.Delay(Gathering, clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Fill(batch);
            }

            await ApplyAsync(batch);
            batch.Clear();
        }
    }

    private void Fill(List<Waiting> batch)
    {
        while (batch.Count < batchSize && queue.Reader.TryRead(out var waiting))
            batch.Add(waiting);
    }

    private async Task ApplyAsync(List<Waiting> batch)
    {
        var begin = clock.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(200); !stopping.IsCancellationRequested; pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 2)))
        {
            try
            {
                await SettleAsync(batch, await consumer.DeliverAsync([.. batch.Select(waiting => waiting.Delivery)], stopping.Token));
                return;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                metrics.Failed(consumer.Name);
                Log.Held(logger, failure, batch.Count, consumer.Name);
            }

            if (clock.GetElapsedTime(begin) > LongestHold)
            {
                foreach (var waiting in batch)
                    await settlement.ReturnAsync(waiting.Message);
                return;
            }

            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SettleAsync(List<Waiting> batch, IReadOnlyList<Refusal> refused)
    {
        foreach (var waiting in batch)
        {
            if (refused.FirstOrDefault(refusal => ReferenceEquals(refusal.Delivery, waiting.Delivery)) is { } refusal)
                await settlement.DeadLetterAsync(waiting.Message, refusal.Reason);
            else
                await settlement.AcknowledgeAsync(waiting.Message);
        }
    }

    private sealed record Waiting(Received Message, Delivery Delivery);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Count} deliveries of {Consumer} could not be committed; they are held and tried again")]
        public static partial void Held(ILogger logger, Exception failure, int count, string consumer);
    }
}
