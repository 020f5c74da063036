using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>A message as the broker handed it over.</summary>
/// <param name="Tag">Its number on the channel that it came over.</param>
internal sealed record Received(ulong Tag, string? ContentType, string? MessageId, ReadOnlyMemory<byte> Body);

/// <summary>
/// What a channel tells the broker of the messages that it brought. A channel that has ended tells nothing: then the
/// broker delivers again, and the inbox knows what was applied.
/// </summary>
internal sealed partial class Settlement(IChannel channel, string queue, BrokerLink link, MessagingMetrics metrics, ILogger logger)
{
    /// <summary>Header of a dead letter: why it is one.</summary>
    public const string Reason = "Plane-Reason";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    /// <summary>It is applied, skipped or parked, and committed.</summary>
    public Task AcknowledgeAsync(Received message) => TellAsync(message, () => channel.BasicAckAsync(message.Tag, multiple: false));

    /// <summary>It goes back into its queue, which counts as one of its deliveries.</summary>
    public Task ReturnAsync(Received message) => TellAsync(message, () => channel.BasicNackAsync(message.Tag, multiple: false, requeue: true));

    /// <summary>
    /// Moves a message that cannot be handled, or is no event, to the dead letters with the reason, confirmed before it
    /// leaves its queue; it goes back if that fails.
    /// </summary>
    public async Task DeadLetterAsync(Received message, string reason)
    {
        try
        {
            await CopyAsync(message, reason);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            Log.NotMoved(logger, failure, queue);
            await ReturnAsync(message);
            return;
        }

        metrics.Poison(queue);
        Log.Moved(logger, queue, BusNames.DeadLetters(queue), reason);
        await AcknowledgeAsync(message);
    }

    private async Task CopyAsync(Received message, string reason)
    {
        using var bound = new CancellationTokenSource(Bound);
        var publisher = await link.OpenAsync().WaitAsync(bound.Token);
        var properties = new BasicProperties
        {
            ContentType = message.ContentType,
            MessageId = message.MessageId,
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [Reason] = reason },
        };
        await publisher.BasicPublishAsync(BusNames.DeadLetters(queue), "", mandatory: true, properties, message.Body, bound.Token);
    }

    private async Task TellAsync(Received message, Func<ValueTask> tell)
    {
        try
        {
            if (channel.IsOpen)
                await tell();
        }
        catch (Exception ended) when (ended is not OutOfMemoryException)
        {
            Log.NotTold(logger, message.MessageId, queue, ended.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A message of {Queue} cannot be handled and was moved to {DeadLetters}: {Reason}")]
        public static partial void Moved(ILogger logger, string queue, string deadLetters, string reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "A message of {Queue} that cannot be handled could not be moved to its dead letters; it is delivered again")]
        public static partial void NotMoved(ILogger logger, Exception failure, string queue);

        [LoggerMessage(EventId = 3, Level = LogLevel.Debug, Message = "The broker was not told of {Message} of {Queue} ({Reason}); it delivers it again")]
        public static partial void NotTold(ILogger logger, string? message, string queue, string reason);
    }
}
