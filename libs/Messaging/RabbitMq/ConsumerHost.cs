using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.Contracts;
using RabbitMQ.Client;
using IConsumer = MlopsPlane.Messaging.Inbox.IConsumer;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Receives the queues of this process's consumers over MassTransit, once the topology is there. The bus is made here
/// and not by its container registration, which would report usage to its maker.
/// </summary>
internal sealed partial class ConsumerHost(
    BrokerAddress address, BrokerLink link, IEnumerable<IConsumer> consumers, IOptions<MessagingOptions> options, TimeProvider clock,
    MessagingMetrics metrics, ILoggerFactory loggers) : BackgroundService
{
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly IConsumer[] consumers = [.. consumers];
    private readonly ILogger logger = loggers.CreateLogger<ConsumerHost>();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!address.IsSet || consumers.Length == 0)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var channel = await link.OpenAsync().WaitAsync(stoppingToken);
                await ReceiveAsync(channel, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                Log.Failed(logger, failure);
                await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Receives until the host stops or the broker goes away. MassTransit would come back by itself, but only after
    /// pauses that grow to a minute.
    /// </summary>
    private async Task ReceiveAsync(IChannel channel, CancellationToken ct)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, _) =>
        {
            ended.TrySetResult();
            return Task.CompletedTask;
        };
        LogContext.ConfigureCurrentLogContext(loggers);
        var batchers = consumers.ToDictionary(consumer => consumer,
            consumer => new DeliveryBatcher(consumer, options.Value.BatchSize, clock, metrics, logger));
        var bus = Bus.Factory.CreateUsingRabbitMq(bus =>
        {
            bus.Host(address.Uri, host =>
            {
                host.Username(address.Username);
                host.Password(address.Password);
                host.Heartbeat(TimeSpan.FromSeconds(10));
            });
            bus.DeployPublishTopology = false;
            foreach (var (consumer, batcher) in batchers)
                bus.ReceiveEndpoint(consumer.Name, endpoint => Configure(endpoint, consumer, batcher));
        });
        foreach (var batcher in batchers.Values)
            batcher.Start();
        try
        {
            await bus.StartAsync(ct);
            if (channel.IsOpen)
                await ended.Task.WaitAsync(ct);
        }
        finally
        {
            using var bound = new CancellationTokenSource(StopBound);
            var stopped = bus.StopAsync(bound.Token);
            foreach (var batcher in batchers.Values)
                await batcher.DisposeAsync();
            // Without its broker it may not stop in time; the next one does not wait for that.
            await stopped.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Configure(IRabbitMqReceiveEndpointConfigurator endpoint, IConsumer consumer, DeliveryBatcher batcher)
    {
        // The migrate verb has declared all this; the same arguments again change nothing.
        endpoint.ConfigureConsumeTopology = false;
        foreach (var (name, value) in EventTopology.QueueArguments(consumer.Name))
            endpoint.SetQueueArgument(name, value);
        endpoint.PrefetchCount = options.Value.Prefetch;
        endpoint.ConcurrentMessageLimit = options.Value.Prefetch;
        endpoint.PublishFaults = false;
        var letters = new DeadLetterFilter(consumer.Name, link, metrics, logger);
        endpoint.ConfigureError(pipe => pipe.UseFilter(letters));
        endpoint.ConfigureDeadLetter(pipe => pipe.UseFilter(letters));
        endpoint.Handler<IEvent>(context => batcher.HandleAsync(Envelope.Read(context.ReceiveContext.Body.GetBytes())));
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The consumers of this process could not receive; it will be tried again")]
        public static partial void Failed(ILogger logger, Exception failure);
    }
}
