using MassTransit;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Moves a message that cannot be handled to the dead letters with the reason, confirmed before it leaves its queue.
/// What is only given back goes to the broker again.
/// </summary>
internal sealed partial class DeadLetterFilter(string queue, BrokerLink link, MessagingMetrics metrics, ILogger logger) : IFilter<ExceptionReceiveContext>
{
    public const string Reason = "Plane-Reason";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (context.Exception is DeliveryReturnedException or OperationCanceledException)
            throw context.Exception;
        using var bound = new CancellationTokenSource(Bound);
        var channel = await link.OpenAsync().WaitAsync(bound.Token);
        var properties = new BasicProperties
        {
            ContentType = context.ContentType?.ToString(),
            MessageId = context.TransportHeaders.Get<string>("MessageId"),
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { [Reason] = ErrorText.Of(context.Exception) },
        };
        await channel.BasicPublishAsync(BusNames.DeadLetters(queue), "", mandatory: true, properties, context.Body.GetBytes(), bound.Token);
        metrics.Poison(queue);
        Log.Moved(logger, context.Exception, queue, BusNames.DeadLetters(queue));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("dead-letters");

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A message of {Queue} cannot be handled and was moved to {DeadLetters}")]
        public static partial void Moved(ILogger logger, Exception reason, string queue, string deadLetters);
    }
}
