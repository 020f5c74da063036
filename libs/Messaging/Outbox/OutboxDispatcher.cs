using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>
/// The in-process carrier: reads one service's outbox in order, calls every consumer, and deletes a row only when each
/// has committed its inbox row. A failing delivery holds back its own aggregate, not the others.
/// </summary>
internal sealed partial class OutboxDispatcher<TDb>(
    IServiceScopeFactory scopes, IEnumerable<IConsumer> consumers, OutboxSignal signal, TimeProvider clock,
    MessagingMetrics metrics, ILogger<OutboxDispatcher<TDb>> logger) : BackgroundService
    where TDb : PlaneDb
{
    /// <summary>Failed deliveries after which a message is parked until somebody replays it.</summary>
    internal const int MaxAttempts = 20;

    private const int BatchSize = 200;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly IConsumer[] consumers = [.. consumers];
    private readonly Dictionary<string, DateTimeOffset> heldBack = new(StringComparer.Ordinal);

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
                await WaitAsync(stoppingToken);
            }
        }
    }

    private async Task WaitAsync(CancellationToken ct)
    {
        try
        {
            await signal.WaitAsync(Poll, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopping; the loop's condition ends it.
        }
    }

    /// <summary>Delivers up to <see cref="BatchSize"/> messages; true when the outbox may hold more that are due.</summary>
    private async Task<bool> DispatchBatchAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var now = clock.GetUtcNow();
        foreach (var aggregate in heldBack.Where(held => held.Value <= now).Select(held => held.Key).ToList())
            heldBack.Remove(aggregate);
        var waiting = heldBack.Keys.ToList();
        var blocked = db.Set<OutboxMessage>().Where(message => message.ParkedAt != null).Select(message => message.Aggregate);
        var batch = await db.Set<OutboxMessage>().AsNoTracking()
            .Where(message => !waiting.Contains(message.Aggregate) && !blocked.Contains(message.Aggregate))
            .OrderBy(message => message.Position).Take(BatchSize).ToListAsync(ct);

        var done = new List<long>(batch.Count);
        foreach (var message in batch)
        {
            if (heldBack.ContainsKey(message.Aggregate))
                continue;
            if (await DeliverAsync(db, message, ct))
                done.Add(message.Position);
        }

        if (done.Count > 0)
            await db.WriteAsync(token => db.Set<OutboxMessage>().Where(message => done.Contains(message.Position)).ExecuteDeleteAsync(token), ct);
        return batch.Count == BatchSize;
    }

    private async Task<bool> DeliverAsync(TDb db, OutboxMessage message, CancellationToken ct)
    {
        try
        {
            foreach (var consumer in consumers)
            {
                if (consumer.Follows(message.Aggregate))
                    await consumer.DeliverAsync(new(message.MessageId, message.Aggregate, message.Sequence, message.Type, message.Payload), ct);
            }

            metrics.Handled(db.Provider.Service, Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - message.OccurredAt) / 1000.0);
            return true;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            metrics.Failed(db.Provider.Service);
            Log.DeliveryFailed(logger, failure, message.Type, message.Aggregate, message.Sequence);
            await RecordFailureAsync(db, message, failure, ct);
            return false;
        }
    }

    private async Task RecordFailureAsync(TDb db, OutboxMessage message, Exception failure, CancellationToken ct)
    {
        var attempts = message.Attempts + 1;
        var now = clock.GetUtcNow();
        heldBack[message.Aggregate] = now + TimeSpan.FromSeconds(Math.Min(60, Math.Pow(2, Math.Min(attempts, 6)) / 2));
        long? parkedAt = attempts >= MaxAttempts ? now.ToUnixTimeMilliseconds() : null;
        var reason = failure.Message.Length > 1000 ? failure.Message[..1000] : failure.Message;
        await db.WriteAsync(token => db.Set<OutboxMessage>().Where(row => row.Position == message.Position)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, attempts)
                .SetProperty(row => row.LastError, reason)
                .SetProperty(row => row.ParkedAt, parkedAt), token), ct);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Error, Message = "A round of the outbox failed and will be repeated")]
        public static partial void RoundFailed(ILogger logger, Exception failure);

        [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "Delivery of {Type} of {Aggregate} #{Sequence} failed and will be repeated")]
        public static partial void DeliveryFailed(ILogger logger, Exception failure, string type, string aggregate, long sequence);
    }
}
