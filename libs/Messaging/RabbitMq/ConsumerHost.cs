using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.Messaging.Inbox;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Receives the queues of this process's consumers, each over a connection of its own, once the topology is there.
/// What is neither acknowledged nor returned when a connection ends is delivered again by the broker.
/// </summary>
internal sealed partial class ConsumerHost(
    BrokerAddress address, BrokerLink link, IEnumerable<IConsumer> consumers, IOptions<MessagingOptions> options, TimeProvider clock,
    MessagingMetrics metrics, ILogger<ConsumerHost> logger) : BackgroundService
{
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IConsumer[] consumers = [.. consumers];

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        address.IsSet ? Task.WhenAll(consumers.Select(consumer => Task.Run(() => RunAsync(consumer, stoppingToken), stoppingToken))) : Task.CompletedTask;

    private async Task RunAsync(IConsumer consumer, CancellationToken ct)
    {
        metrics.Receiving(consumer.Name, false);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await link.OpenAsync().WaitAsync(ct);
                await ReceiveAsync(consumer, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.Failed(logger, consumer.Name, failure.GetBaseException().Message);
            }

            // Replicas that lost the broker together do not come back together.
            await Task.Delay(Pause * (0.5 + Random.Shared.NextDouble()), clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Receives until the host stops, the connection ends, or the broker takes the queue away.</summary>
    private async Task ReceiveAsync(IConsumer consumer, CancellationToken ct)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var connection = await address.Factory("mlopsplane-" + consumer.Name).CreateConnectionAsync(ct);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        channel.ChannelShutdownAsync += (_, _) => End(ended);
        await channel.BasicQosAsync(prefetchSize: 0, (ushort)options.Value.Prefetch, global: false, ct);
        var settlement = new Settlement(channel, consumer.Name, link, metrics, logger);
        await using var batcher = new DeliveryBatcher(consumer, settlement, options.Value.BatchSize, clock, metrics, logger);
        var receiver = new AsyncEventingBasicConsumer(channel);
        receiver.ReceivedAsync += (_, delivery) => TakeAsync(delivery, batcher, settlement);
        receiver.UnregisteredAsync += (_, _) => End(ended);
        var tag = await channel.BasicConsumeAsync(consumer.Name, autoAck: false, receiver, ct);
        metrics.Receiving(consumer.Name, true);
        Log.Receiving(logger, consumer.Name, address.ToString());
        try
        {
            await ended.Task.WaitAsync(ct);
        }
        finally
        {
            metrics.Receiving(consumer.Name, false);
            await CancelAsync(channel, tag);
        }
    }

    private static Task TakeAsync(BasicDeliverEventArgs delivery, DeliveryBatcher batcher, Settlement settlement)
    {
        // The client takes its buffer back when this returns.
        var received = new Received(delivery.DeliveryTag, delivery.BasicProperties.ContentType, delivery.BasicProperties.MessageId, delivery.Body.ToArray());
        try
        {
            batcher.Add(received, Envelope.Read(received.Body));
            return Task.CompletedTask;
        }
        catch (PoisonMessageException poison)
        {
            return settlement.DeadLetterAsync(received, poison.Message);
        }
    }

    /// <summary>Asks the broker for no more, so that what is returned next goes to other replicas.</summary>
    private static async Task CancelAsync(IChannel channel, string tag)
    {
        using var bound = new CancellationTokenSource(StopBound);
        try
        {
            await channel.BasicCancelAsync(tag, noWait: false, bound.Token);
        }
        catch (Exception unanswered) when (unanswered is not OutOfMemoryException)
        {
            // It has ended, or ends next, which says the same.
        }
    }

    private static Task End(TaskCompletionSource ended)
    {
        ended.TrySetResult();
        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Consumer} could not receive ({Reason}); it will be tried again")]
        public static partial void Failed(ILogger logger, string consumer, string reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "{Consumer} receives from the broker at {Address}")]
        public static partial void Receiving(ILogger logger, string consumer, string address);
    }
}
