using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>
/// Applies deliveries in the order of each aggregate: an older one is skipped, the next one is applied with the
/// consumer's own change in one transaction, a later one is parked until the gap closes. One whose handler fails is
/// tried again at once, then parked and repeated with growing pauses while the rest of its aggregate waits behind it.
/// </summary>
internal sealed partial class Consumer<TDb>(
    string name, ConsumerHandlers handlers, HeldSignal held, IServiceScopeFactory scopes, TimeProvider clock, IOptions<MessagingOptions> options,
    MessagingMetrics metrics, ILogger<Consumer<TDb>> logger) : IConsumer
    where TDb : PlaneDb
{
    private const int DueAtOnce = 100;
    private const int PurgedAtOnce = 5_000;
    private static readonly TimeSpan[] AtOnce = [TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(200)];
    private static readonly TimeSpan ProbeBound = TimeSpan.FromSeconds(2);

    private readonly InboxStart start = new(name, clock, options.Value.InboxMemory);
    private InboxRound<TDb>? round;

    public string Name => name;

    public IReadOnlySet<string> Kinds => handlers.Kinds;

    public HeldSignal Held => held;

    private InboxRound<TDb> Round => round ??= new(name, handlers, scopes, start, clock);

    public async Task<IReadOnlyList<Refusal>> DeliverAsync(IReadOnlyList<Delivery> deliveries, CancellationToken ct)
    {
        var ordered = InOrder(deliveries);
        try
        {
            return Count(await Round.RunAsync(ordered, chain: true, ct)).Refused;
        }
        catch (Exception failure) when (!ct.IsCancellationRequested)
        {
            await EnsureAnswersAsync(failure, ct);
        }

        // One of them fails: each has its own transaction now, so that the others go on.
        var refused = new List<Refusal>();
        foreach (var delivery in ordered)
            refused.AddRange(await DeliverOneAsync(delivery, ct));
        foreach (var aggregate in ordered.Select(delivery => delivery.Aggregate).Distinct(StringComparer.Ordinal))
            await DrainAsync(aggregate, ct);
        return refused;
    }

    public async Task<bool> HoldsAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<TDb>().Set<ParkedDelivery>().AnyAsync(row => row.Consumer == name && row.DeadAt == null, ct);
    }

    public async Task<bool> RepeatDueAsync(CancellationToken ct)
    {
        List<string> due;
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            due = await db.Set<ParkedDelivery>().Where(row => row.Consumer == name && row.DeadAt == null && row.AvailableAt <= now)
                .Join(db.Set<InboxCursor>(), row => new { row.Consumer, row.Aggregate, Last = row.Sequence - 1 },
                    cursor => new { cursor.Consumer, cursor.Aggregate, Last = cursor.LastSequence }, (row, _) => row)
                .OrderBy(row => row.AvailableAt).Take(DueAtOnce).Select(row => row.Aggregate).ToListAsync(ct);
        }

        foreach (var aggregate in due)
            await DrainAsync(aggregate, ct);
        return due.Count > 0;
    }

    public async Task<int> PurgeAsync(TimeSpan idle, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var before = (clock.GetUtcNow() - idle).ToUnixTimeMilliseconds();
        var (purged, removed) = (0, 0);
        do
        {
            removed = await db.WriteAsync(token => db.Database.ExecuteSqlAsync($"""
                DELETE FROM inbox WHERE consumer = {name} AND touched_at BETWEEN 1 AND {before} AND aggregate IN (
                  SELECT aggregate FROM inbox AS old WHERE consumer = {name} AND touched_at BETWEEN 1 AND {before} AND NOT EXISTS (
                    SELECT 1 FROM inbox_parked WHERE inbox_parked.consumer = old.consumer AND inbox_parked.aggregate = old.aggregate)
                  LIMIT {PurgedAtOnce})
                """, token), ct);
            purged += removed;
        }
        while (removed == PurgedAtOnce);
        return purged;
    }

    public async Task DeclareAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await db.WriteAsync(token => start.DeclareAsync(db, token), ct);
    }

    /// <summary>Each aggregate's deliveries by sequence; between aggregates the order in which they came is kept, for what it is worth.</summary>
    private static List<Delivery> InOrder(IReadOnlyList<Delivery> deliveries)
    {
        var queues = deliveries.GroupBy(delivery => delivery.Aggregate, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Queue<Delivery>(group.OrderBy(delivery => delivery.Sequence)), StringComparer.Ordinal);
        return [.. deliveries.Select(delivery => queues[delivery.Aggregate].Dequeue())];
    }

    private async Task<IReadOnlyList<Refusal>> DeliverOneAsync(Delivery delivery, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return Count(await Round.RunAsync([delivery], chain: false, ct)).Refused;
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                await EnsureAnswersAsync(failure, ct);
                if (attempt == AtOnce.Length)
                    return await DeferAsync(delivery, failure, ct);
            }

            await Task.Delay(AtOnce[attempt], clock, ct);
        }
    }

    /// <summary>A failing database is the carrier's matter, which holds the deliveries; a failing handler is ours.</summary>
    private async Task EnsureAnswersAsync(Exception failure, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(ProbeBound);
        try
        {
            await using var connection = await db.Provider.OpenAsync(bound.Token);
            await using var probe = connection.CreateCommand();
            probe.CommandText = "SELECT 1";
            await probe.ExecuteScalarAsync(bound.Token);
        }
        catch (Exception silent) when (!ct.IsCancellationRequested)
        {
            throw new InvalidOperationException($"The database of {name} does not answer: {silent.Message}", failure);
        }
    }

    private RoundResult Count(RoundResult done)
    {
        metrics.Skipped(name, done.Skipped);
        metrics.Parked(name, done.Parked);
        if (done.Parked > 0)
            held.Wake();
        metrics.Applied(name, done.Applied.Count);
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var delivery in done.Applied.Where(delivery => delivery.OccurredAt > 0))
            metrics.Handled(name, Math.Max(0, now - delivery.OccurredAt) / 1000.0);
        return done;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Consumer} failed to handle {Type} of {Aggregate} #{Sequence} ({Attempts} attempts); it will be repeated")]
        public static partial void Deferred(ILogger logger, Exception failure, string consumer, string type, string aggregate, long sequence, int attempts);

        [LoggerMessage(EventId = 2, Level = LogLevel.Error, Message = "{Consumer} gave up {Type} of {Aggregate} #{Sequence} after {Attempts} attempts; it waits for an operator, and its aggregate with it")]
        public static partial void Dead(ILogger logger, Exception failure, string consumer, string type, string aggregate, long sequence, int attempts);
    }
}
