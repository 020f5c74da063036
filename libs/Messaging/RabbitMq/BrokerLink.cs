using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.Inbox;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// The process's connection for publishing: kept up in the background, opened for publishing only when the broker
/// knows the topology that this build needs.
/// </summary>
internal sealed partial class BrokerLink : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly BrokerAddress address;
    private readonly EventTopology topology;
    private readonly TimeProvider clock;
    private readonly ILogger<BrokerLink> logger;
    private readonly Lock guard = new();
    private TaskCompletionSource<IChannel> ready = New();
    private volatile BrokerState state = BrokerState.Unasked;

    public BrokerLink(BrokerAddress address, IEnumerable<IConsumer> consumers, TimeProvider clock, MessagingMetrics metrics, ILogger<BrokerLink> logger)
    {
        (this.address, this.clock, this.logger) = (address, clock, logger);
        topology = EventTopology.Of(consumers);
        if (address.IsSet)
            metrics.ShowConnection(() => state == BrokerState.Ready);
    }

    public BrokerState State => state;

    public string Address => address.ToString();

    /// <summary>A channel with confirms, now or when the broker is there.</summary>
    public Task<IChannel> OpenAsync()
    {
        lock (guard)
            return ready.Task;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!address.IsSet)
        {
            Log.NoBroker(logger);
            return;
        }

        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await ServeAsync(stoppingToken))
                    pause = ShortestPause;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                if (state != BrokerState.Unreachable)
                    Log.Unreachable(logger, failure.GetBaseException().Message, Address);
                state = BrokerState.Unreachable;
            }

            // Replicas that lost the broker together do not come back together.
            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = state == BrokerState.NoTopology ? TimeSpan.FromSeconds(2) : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, pause.Ticks * 2));
        }
    }

    /// <summary>Holds one connection until it ends; false when the broker lacks the topology.</summary>
    private async Task<bool> ServeAsync(CancellationToken ct)
    {
        await using var connection = await address.Factory("mlopsplane-relay").CreateConnectionAsync(ct);
        if (!await KnowsTopologyAsync(connection, ct))
        {
            if (state != BrokerState.NoTopology)
                Log.NoTopology(logger, Address);
            state = BrokerState.NoTopology;
            return false;
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(
            publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true, outstandingPublisherConfirmationsRateLimiter: null), ct);
        connection.ConnectionShutdownAsync += (_, _) => End(ended);
        channel.ChannelShutdownAsync += (_, _) => End(ended);
        TaskCompletionSource<IChannel> waiting;
        lock (guard)
            waiting = ready;
        state = BrokerState.Ready;
        waiting.TrySetResult(channel);
        Log.Connected(logger, Address);
        try
        {
            if (!channel.IsOpen)
                await End(ended);
            await ended.Task.WaitAsync(ct);
            Log.Lost(logger, Address);
        }
        finally
        {
            lock (guard)
                ready = New();
            state = BrokerState.Unreachable;
        }

        return true;
    }

    private async Task<bool> KnowsTopologyAsync(IConnection connection, CancellationToken ct)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: ct);
        try
        {
            await channel.ExchangeDeclarePassiveAsync(topology.Marker, ct);
            return true;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return false;
        }
    }

    private static Task End(TaskCompletionSource ended)
    {
        ended.TrySetResult();
        return Task.CompletedTask;
    }

    private static TaskCompletionSource<IChannel> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Messaging:RabbitMq names no broker: events for other processes wait in the outbox")]
        public static partial void NoBroker(ILogger logger);

        [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Connected to the broker at {Address}")]
        public static partial void Connected(ILogger logger, string address);

        [LoggerMessage(EventId = 3, Level = LogLevel.Warning, Message = "The connection to the broker at {Address} ended; events wait in the outbox")]
        public static partial void Lost(ILogger logger, string address);

        [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "The broker at {Address} does not answer ({Reason}); events wait in the outbox")]
        public static partial void Unreachable(ILogger logger, string reason, string address);

        [LoggerMessage(EventId = 5, Level = LogLevel.Error, Message = "The broker at {Address} lacks queues of this build; run the migrate verb")]
        public static partial void NoTopology(ILogger logger, string address);
    }
}

/// <summary>What is known of the broker.</summary>
internal enum BrokerState
{
    Unasked,
    Unreachable,
    NoTopology,
    Ready,
}
