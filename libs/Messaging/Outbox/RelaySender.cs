using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>Publishes the rows of one claim together and settles each by what the broker said.</summary>
internal sealed partial class RelaySender<TDb>(
    string service, RelayStatements outbox, IServiceScopeFactory scopes, TimeProvider clock, MessagingMetrics metrics, ILogger logger)
    where TDb : PlaneDb
{
    /// <summary>Longest wait for a confirm: shorter than a lease, and a publish waits for ever while the broker is gone or blocks.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(7);

    public async Task SendAsync(IChannel channel, Guid lease, List<ClaimedMessage> claimed)
    {
        using var bound = new CancellationTokenSource(Bound);
        var sent = new Task<string?>[claimed.Count];
        for (var i = 0; i < sent.Length; i++)
            sent[i] = PublishAsync(channel, claimed[i].Message, bound.Token);
        var (confirmed, open) = (new List<long>(claimed.Count), new List<long>());
        var own = new List<(ClaimedMessage Row, string Reason)>();
        Exception? trouble = null;
        for (var i = 0; i < sent.Length; i++)
        {
            try
            {
                if (await sent[i] is { } reason)
                    own.Add((claimed[i], reason));
                else
                    confirmed.Add(claimed[i].Position);
            }
            catch (Exception failure)
            {
                // The connection's or the broker's trouble is not the message's: it keeps its place and its attempts.
                trouble ??= failure;
                open.Add(claimed[i].Position);
            }
        }

        await outbox.DeleteAsync(lease, [.. confirmed], CancellationToken.None);
        foreach (var (row, reason) in own)
            await RejectAsync(row, reason);
        if (trouble is null)
            return;
        metrics.Failed(service);
        Log.Unconfirmed(logger, open.Count, service, trouble.Message);
        await outbox.ReleaseAsync(lease, [.. open], CancellationToken.None);
    }

    /// <summary>Null when the broker has it; else why this message cannot be sent.</summary>
    private async Task<string?> PublishAsync(IChannel channel, OutboxMessage message, CancellationToken ct)
    {
        var begin = clock.GetTimestamp();
        metrics.Publishing();
        try
        {
            using var activity = MessagingTrace.Source.StartActivity("publish " + message.Type, ActivityKind.Producer,
                ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var cause) ? cause : default);
            activity?.SetTag("messaging.message.id", message.MessageId);
            var body = Envelope.Write(message, activity?.Id ?? message.TraceParent);
            var properties = new BasicProperties
            {
                MessageId = message.MessageId.ToString(),
                ContentType = Envelope.ContentType,
                DeliveryMode = DeliveryModes.Persistent,
            };
            await channel.BasicPublishAsync(BusNames.Exchange(message.Type), "", mandatory: true, properties, body, ct);
            metrics.Published(service, clock.GetElapsedTime(begin).TotalSeconds);
            return null;
        }
        catch (PublishException returned) when (returned.IsReturn && message.Type == EventCatalog.GivenUp(message.Aggregate))
        {
            // No queue follows the kind, so nobody waits for its number.
            return null;
        }
        catch (PublishException returned) when (returned.IsReturn)
        {
            return $"The broker has no queue for {message.Type}: run the migrate verb of the services that follow it.";
        }
        catch (Exception unsendable) when (unsendable is JsonException or ArgumentException)
        {
            return $"It cannot be sent: {unsendable.Message}";
        }
        finally
        {
            metrics.PublishingEnded();
        }
    }

    private async Task RejectAsync(ClaimedMessage row, string reason)
    {
        metrics.Rejected(service);
        Log.Rejected(logger, row.Message.Type, row.Message.Aggregate, row.Message.Sequence, reason);
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await db.WriteAsync(ct => OutboxAttempts.RecordAsync(db, row.Position, row.Message, reason, clock.GetUtcNow(), ct), CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Count} events of {Service} were not confirmed ({Reason}); they are sent again")]
        public static partial void Unconfirmed(ILogger logger, int count, string service, string reason);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Type} of {Aggregate} #{Sequence} was not sent and is tried again later: {Reason}")]
        public static partial void Rejected(ILogger logger, string type, string aggregate, long sequence, string reason);
    }
}
