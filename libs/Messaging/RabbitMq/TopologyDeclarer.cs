using MlopsPlane.Messaging.Inbox;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>Declares the topology at the broker; part of the migrate verb.</summary>
public interface ITopologyDeclarer
{
    /// <summary>
    /// Declares what is missing; doing it again changes nothing. Returns the manifest, empty where no broker is
    /// configured.
    /// </summary>
    /// <exception cref="InvalidOperationException">The broker did not answer within a minute, or has something else under one of the names.</exception>
    Task<IReadOnlyList<string>> DeclareAsync(CancellationToken ct);
}

internal sealed class TopologyDeclarer(BrokerAddress address, IEnumerable<IConsumer> consumers, TimeProvider clock) : ITopologyDeclarer
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<IReadOnlyList<string>> DeclareAsync(CancellationToken ct)
    {
        if (!address.IsSet)
            return [];
        // The promise comes before the queue: from its binding on nothing may count as from before the consumer's time.
        foreach (var consumer in consumers)
            await consumer.DeclareAsync(ct);
        var topology = EventTopology.Of(consumers);
        await using var connection = await ConnectAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            await DeclareAsync(channel, topology, ct);
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException refused)
        {
            throw new InvalidOperationException(
                $"The broker refuses a declaration: {refused.ShutdownReason?.ReplyText}. A queue of that name with other arguments must be emptied and deleted first.", refused);
        }

        return [.. topology.Lines];
    }

    private static async Task DeclareAsync(IChannel channel, EventTopology topology, CancellationToken ct)
    {
        foreach (var name in topology.Exchanges)
            await channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        foreach (var queue in topology.Queues)
        {
            await channel.QueueDeclareAsync(queue.Name, durable: true, exclusive: false, autoDelete: false,
                queue.Arguments.ToDictionary(argument => argument.Key, argument => (object?)argument.Value, StringComparer.Ordinal), cancellationToken: ct);
            await channel.QueueBindAsync(queue.Name, queue.Name, "", cancellationToken: ct);
        }

        // From the queues upwards: an event that comes while this runs reaches all of a kind's consumers or none.
        foreach (var (source, target) in topology.Bindings.Reverse())
            await channel.ExchangeBindAsync(target, source, "", cancellationToken: ct);
        await channel.ExchangeDeclareAsync(topology.Marker, ExchangeType.Fanout, durable: true, cancellationToken: ct);
    }

    private async Task<IConnection> ConnectAsync(CancellationToken ct)
    {
        var begin = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return await address.Factory("mlopsplane-migrate").CreateConnectionAsync(ct);
            }
            catch (RabbitMQ.Client.Exceptions.BrokerUnreachableException unreachable)
            {
                if (clock.GetElapsedTime(begin) > Bound)
                    throw new InvalidOperationException($"The broker at {address} does not answer: {unreachable.GetBaseException().Message}", unreachable);
                await Task.Delay(Pause, clock, ct);
            }
        }
    }
}
