using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>
/// The in-process carrier: reads one service's outbox in order, gives every consumer the events of the kinds that it
/// follows, and deletes a row only when each has committed its inbox.
/// </summary>
internal sealed partial class OutboxDispatcher<TDb>(
    IServiceScopeFactory scopes, IEnumerable<IConsumer> consumers, OutboxSignal signal, TimeProvider clock,
    MessagingMetrics metrics, ILogger<OutboxDispatcher<TDb>> logger) : BackgroundService
    where TDb : PlaneDb
{
    private const int BatchSize = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly IConsumer[] consumers = [.. consumers];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whoever waits for a round waits until the outbox is empty, which may take several.
        var rounds = new List<TaskCompletionSource>();
        while (!stoppingToken.IsCancellationRequested)
        {
            rounds.Add(signal.BeginRound());
            var more = false;
            try
            {
                more = await DispatchBatchAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                metrics.Failed(typeof(TDb).Name);
                Log.RoundFailed(logger, failure);
            }

            if (!more)
            {
                foreach (var round in rounds)
                    round.TrySetResult();
                rounds.Clear();
                await Task.WhenAny(signal.WaitAsync(Poll, stoppingToken));
            }
        }
    }

    /// <summary>Delivers up to <see cref="BatchSize"/> messages; true when the outbox may hold more that are due.</summary>
    private async Task<bool> DispatchBatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        // What waits (another attempt, or an operator) holds back the rest of its aggregate, and no other.
        var waiting = db.Set<OutboxMessage>().Where(message => message.ParkedAt != null || message.AvailableAt > now).Select(message => message.Aggregate);
        var batch = await db.Set<OutboxMessage>().AsNoTracking().Where(message => !waiting.Contains(message.Aggregate))
            .OrderBy(message => message.Position).Take(BatchSize).ToListAsync(ct);
        if (batch.Count == 0)
            return false;

        var refused = new Dictionary<long, string>();
        foreach (var consumer in consumers)
        {
            var followed = batch.Where(message => consumer.Kinds.Contains(EventCatalog.KindOf(message.Aggregate))).ToList();
            if (followed.Count == 0)
                continue;
            foreach (var refusal in await consumer.DeliverAsync([.. followed.Select(ToDelivery)], ct))
                refused[followed.Single(message => message.MessageId == refusal.Delivery.MessageId).Position] = refusal.Reason;
        }

        var done = batch.Where(message => !refused.ContainsKey(message.Position)).Select(message => message.Position).ToList();
        await db.WriteAsync(token => db.Set<OutboxMessage>().Where(message => done.Contains(message.Position)).ExecuteDeleteAsync(token), ct);
        foreach (var message in batch.Where(message => refused.ContainsKey(message.Position)))
        {
            Log.Refused(logger, message.Type, message.Aggregate, message.Sequence, refused[message.Position]);
            await db.WriteAsync(token => OutboxAttempts.RecordAsync(db, message.Position, message, refused[message.Position], clock.GetUtcNow(), token), ct);
        }

        return batch.Count == BatchSize;
    }

    private static Delivery ToDelivery(OutboxMessage message) =>
        new(message.MessageId, message.Aggregate, message.Sequence, message.Type, message.Payload) { OccurredAt = message.OccurredAt, TraceParent = message.TraceParent };

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of the outbox failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Type} of {Aggregate} #{Sequence} was refused and will be repeated: {Reason}")]
        public static partial void Refused(ILogger logger, string type, string aggregate, long sequence, string reason);
    }
}
