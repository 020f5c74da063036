using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Moves a message that cannot be handled, or is no event, to the dead letters with the reason, confirmed before it
/// leaves its queue. What is only given back goes to the broker again.
/// </summary>
internal sealed partial class DeadLetterFilter(string queue, BrokerLink link, MessagingMetrics metrics, ILogger logger)
    : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    public const string Reason = "Plane-Reason";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is DeliveryReturnedException or OperationCanceledException)
            throw context.Exception;
        await MoveAsync(context, context.Exception is PoisonMessageException poison ? poison.Message : ErrorText.Of(context.Exception));
        await context.NotifyFaulted(context.Exception);
    }

    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => MoveAsync(context, "The message is no event of this product.");

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private async Task MoveAsync(ReceiveContext context, string reason)
    {
        using var bound = new CancellationTokenSource(Bound);
        var channel = await link.OpenAsync().WaitAsync(bound.Token);
        var properties = new BasicProperties
        {
            ContentType = context.ContentType?.ToString(),
            MessageId = context.TransportHeaders.Get<string>("MessageId"),
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [Reason] = reason },
        };
        await channel.BasicPublishAsync(BusNames.DeadLetters(queue), "", mandatory: true, properties, context.Body.GetBytes(), bound.Token);
        metrics.Poison(queue);
        Log.Moved(logger, queue, BusNames.DeadLetters(queue), reason);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A message of {Queue} cannot be handled and was moved to {DeadLetters}: {Reason}")]
        public static partial void Moved(ILogger logger, string queue, string deadLetters, string reason);
    }
}
