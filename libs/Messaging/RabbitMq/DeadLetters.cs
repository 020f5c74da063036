using MlopsPlane.Messaging.Inbox;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>What the broker keeps of messages that a consumer's queue could not deliver.</summary>
public interface IDeadLetters
{
    /// <summary>Messages in each consumer's dead-letter queue.</summary>
    /// <exception cref="Exception">The broker does not answer.</exception>
    Task<IReadOnlyList<DeadLetterDepth>> DepthsAsync(CancellationToken ct);

    /// <summary>Moves up to <paramref name="atMost"/> messages back into the consumer's queue; returns how many.</summary>
    Task<int> ReplayAsync(string consumer, int atMost, CancellationToken ct);
}

public sealed record DeadLetterDepth(string Consumer, string Queue, long Messages);

internal sealed class DeadLetters(BrokerAddress address, IEnumerable<IConsumer> consumers) : IDeadLetters
{
    public async Task<IReadOnlyList<DeadLetterDepth>> DepthsAsync(CancellationToken ct)
    {
        var depths = new List<DeadLetterDepth>();
        if (!address.IsSet)
            return depths;
        await using var connection = await ConnectAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        foreach (var consumer in consumers)
        {
            var queue = BusNames.DeadLetters(consumer.Name);
            depths.Add(new(consumer.Name, queue, await channel.MessageCountAsync(queue, ct)));
        }

        return depths;
    }

    public async Task<int> ReplayAsync(string consumer, int atMost, CancellationToken ct)
    {
        await using var connection = await ConnectAsync(ct);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), ct);
        var moved = 0;
        // Only what lies there now: a message that fails again comes back behind the others.
        var there = await channel.MessageCountAsync(BusNames.DeadLetters(consumer), ct);
        for (; moved < Math.Min(atMost, there) && await channel.BasicGetAsync(BusNames.DeadLetters(consumer), autoAck: false, ct) is { } message; moved++)
        {
            var properties = new BasicProperties
            {
                ContentType = message.BasicProperties.ContentType,
                MessageId = message.BasicProperties.MessageId,
                DeliveryMode = DeliveryModes.Persistent,
            };
            // The copy is confirmed before the original goes; a fault between leaves two, which the inbox knows.
            await channel.BasicPublishAsync(consumer, "", mandatory: true, properties, message.Body, ct);
            await channel.BasicAckAsync(message.DeliveryTag, multiple: false, ct);
        }

        return moved;
    }

    private Task<IConnection> ConnectAsync(CancellationToken ct) => address.Factory("mlopsplane-operations").CreateConnectionAsync(ct);
}
