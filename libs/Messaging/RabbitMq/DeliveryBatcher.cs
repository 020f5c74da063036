using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.Inbox;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Gathers the deliveries of one queue into batches, one transaction each. While the consumer's database does not
/// answer they are held here: giving them back would spend the broker's delivery limit on a fault that is not theirs.
/// </summary>
internal sealed partial class DeliveryBatcher(IConsumer consumer, int batchSize, TimeProvider clock, MessagingMetrics metrics, ILogger logger) : IAsyncDisposable
{
    /// <summary>Longest time that a delivery is held: less than the half hour after which the broker closes the channel.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<Waiting> queue = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource stopping = new();
    private Task? loop;

    /// <summary>Returns when the delivery is applied, skipped or parked, and committed.</summary>
    /// <exception cref="PoisonMessageException">The consumer could not keep it.</exception>
    /// <exception cref="DeliveryReturnedException">It was held too long or the host stops: another replica may take it.</exception>
    public Task HandleAsync(Delivery delivery)
    {
        var waiting = new Waiting(delivery, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!queue.Writer.TryWrite(waiting))
            throw new DeliveryReturnedException();
        return waiting.Done.Task;
    }

    public void Start() => loop = Task.Run(RunAsync);

    /// <summary>Finishes the batch that is being applied and gives the rest back.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stopping.CancelAsync();
        if (loop is not null)
            await loop;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<Waiting>(batchSize);
        while (await queue.Reader.WaitToReadAsync())
        {
            Fill(batch);
            // Under load the next ones are about to come; a lone delivery loses two milliseconds.
            if (batch.Count < batchSize && !stopping.IsCancellationRequested)
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
        for (var pause = TimeSpan.FromMilliseconds(200); ; pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 2)))
        {
            try
            {
                Settle(batch, await consumer.DeliverAsync([.. batch.Select(waiting => waiting.Delivery)], stopping.Token));
                return;
            }
            catch (Exception failure)
            {
                if (stopping.IsCancellationRequested || clock.GetElapsedTime(begin) > LongestHold)
                {
                    foreach (var waiting in batch)
                        waiting.Done.TrySetException(new DeliveryReturnedException());
                    return;
                }

                metrics.Failed(consumer.Name);
                Log.Held(logger, failure, batch.Count, consumer.Name);
            }

            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), clock, stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static void Settle(List<Waiting> batch, IReadOnlyList<Refusal> refused)
    {
        foreach (var waiting in batch)
        {
            if (refused.FirstOrDefault(refusal => ReferenceEquals(refusal.Delivery, waiting.Delivery)) is { } refusal)
                waiting.Done.TrySetException(new PoisonMessageException(refusal.Reason));
            else
                waiting.Done.TrySetResult();
        }
    }

    private sealed record Waiting(Delivery Delivery, TaskCompletionSource Done);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Count} deliveries of {Consumer} could not be committed; they are held and tried again")]
        public static partial void Held(ILogger logger, Exception failure, int count, string consumer);
    }
}

/// <summary>The delivery goes back to the broker; it is no fault of the message.</summary>
internal sealed class DeliveryReturnedException() : Exception("The delivery is given back to the broker.");
