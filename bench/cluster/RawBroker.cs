using System.Diagnostics;
using MassTransit;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Testing.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace MlopsPlane.Bench.Cluster;

/// <summary>The baselines: RabbitMQ's own client with nothing around it, and MassTransit's publisher.</summary>
internal static class RawBroker
{
    private const int InFlight = 256;

    /// <summary>Messages a second of the given size, persistent, mandatory, each confirmed, into a quorum queue of its own.</summary>
    public static async Task<double> PublishAsync(EventBus bus, int count, int bytes)
    {
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true, outstandingPublisherConfirmationsRateLimiter: null));
        await DeclareAsync(channel, "raw");
        var body = new byte[bytes];
        var properties = new BasicProperties { DeliveryMode = DeliveryModes.Persistent };
        return await TimeAsync(count, () => channel.BasicPublishAsync("", "raw", mandatory: true, properties, body).AsTask());
    }

    /// <summary>Events a second through MassTransit's own publisher, mandatory and confirmed, into a quorum queue bound to the event.</summary>
    public static async Task<double> MassTransitAsync(EventBus bus, int count)
    {
        var control = Bus.Factory.CreateUsingRabbitMq(configure => configure.Host(bus.Broker, host =>
        {
            host.Username(RabbitServer.Username);
            host.Password(RabbitServer.Password);
        }));
        await control.StartAsync();
        var n = 0;
        var rate = await TimeAsync(count, () => control.Publish(
            new WorkspaceCreated($"w{Interlocked.Increment(ref n) % 2000}", "1", DateTimeOffset.UnixEpoch), context => context.Mandatory = true));
        await control.StopAsync();
        return rate;
    }

    /// <summary>Messages a second that a bare consumer takes from that queue, each acknowledged.</summary>
    public static async Task<double> ConsumeAsync(EventBus bus, int count)
    {
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.BasicQosAsync(0, InFlight, global: false);
        var (left, done) = (count, new TaskCompletionSource());
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            if (Interlocked.Decrement(ref left) == 0)
                done.TrySetResult();
        };
        var begin = Stopwatch.GetTimestamp();
        await channel.BasicConsumeAsync("raw", autoAck: false, consumer);
        await done.Task;
        return count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }

    private static Task<QueueDeclareOk> DeclareAsync(IChannel channel, string queue) => channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false,
        new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-queue-type"] = "quorum" });

    private static async Task<double> TimeAsync(int count, Func<Task> publish)
    {
        using var slots = new SemaphoreSlim(InFlight, InFlight);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            await slots.WaitAsync();
            _ = OneAsync();
        }

        for (var i = 0; i < InFlight; i++)
            await slots.WaitAsync();
        return count / Stopwatch.GetElapsedTime(begin).TotalSeconds;

        async Task OneAsync()
        {
            await publish();
            slots.Release();
        }
    }
}
