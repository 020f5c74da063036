using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>
/// One transaction on a consumer's database: the cursors of all its aggregates are locked in one order, and each
/// delivery is skipped, applied or parked.
/// </summary>
internal sealed class InboxRound<TDb>(
    string consumer, ConsumerHandlers handlers, IServiceScopeFactory scopes, InboxStart start, TimeProvider clock) where TDb : PlaneDb
{
    /// <summary>Deliveries parked for one consumer; beyond it they are refused.</summary>
    internal const int MaxParked = 10_000;

    /// <param name="deliveries">Several of one aggregate come in the order of their sequence.</param>
    /// <param name="chain">Applies also what was parked behind them.</param>
    /// <exception cref="Exception">A handler or the database failed; nothing is committed.</exception>
    public async Task<RoundResult> RunAsync(IReadOnlyList<Delivery> deliveries, bool chain, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        return await db.WriteAsync(async token =>
        {
            var round = new RoundResult();
            var aggregates = deliveries.Select(delivery => delivery.Aggregate).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
            var since = await start.SinceAsync(db, token);
            var cursors = await InboxStatements.LockAsync(db, consumer, aggregates, clock.GetUtcNow().ToUnixTimeMilliseconds(), token);
            var parked = await InboxStatements.ParkedAsync(db, consumer, aggregates, token);
            foreach (var delivery in deliveries)
            {
                var last = cursors[delivery.Aggregate];
                if (last == InboxCursor.Unstarted && InboxStart.IsAt(delivery, since))
                    last = delivery.Sequence - 1;
                if (last != InboxCursor.Unstarted && delivery.Sequence <= last)
                    round.Skipped++;
                else if (last == InboxCursor.Unstarted || delivery.Sequence > last + 1 || parked.GetValueOrDefault((delivery.Aggregate, delivery.Sequence)))
                    await ParkAsync(db, delivery, parked, round, token);
                else
                    last = await ApplyAsync(scope.ServiceProvider, db, delivery, parked, chain, round, token);
                if (last != cursors[delivery.Aggregate])
                    round.Moved[delivery.Aggregate] = cursors[delivery.Aggregate] = last;
            }

            await InboxStatements.MoveAsync(db, consumer, round.Moved, token);
            return round;
        }, ct);
    }

    private async Task<long> ApplyAsync(
        IServiceProvider services, TDb db, Delivery delivery, Dictionary<(string, long), bool> parked, bool chain, RoundResult round, CancellationToken ct)
    {
        await HandleAsync(services, db, delivery, ct);
        round.Applied.Add(delivery);
        var last = delivery.Sequence;
        if (parked.Remove((delivery.Aggregate, last)))
            await ParkedAt(db, delivery.Aggregate, last).ExecuteDeleteAsync(ct);
        while (chain && parked.TryGetValue((delivery.Aggregate, last + 1), out var failed) && !failed)
        {
            var next = await ParkedAt(db, delivery.Aggregate, last + 1).AsNoTracking().SingleAsync(ct);
            await HandleAsync(services, db, next.ToDelivery(), ct);
            round.Applied.Add(next.ToDelivery());
            await ParkedAt(db, delivery.Aggregate, last + 1).ExecuteDeleteAsync(ct);
            parked.Remove((delivery.Aggregate, ++last));
        }

        return last;
    }

    /// <summary>Calls the handler in the open transaction; what it changed is written before the next one looks.</summary>
    public async Task HandleAsync(IServiceProvider services, TDb db, Delivery delivery, CancellationToken ct)
    {
        using var activity = MessagingTrace.Source.StartActivity("handle " + delivery.Type, ActivityKind.Consumer, delivery.Trace);
        activity?.SetTag("messaging.message.id", delivery.MessageId).SetTag("messaging.destination.name", consumer);
        // An event of a newer build that this one does not know is passed over; its cursor moves on.
        if (EventCatalog.Deserialize(delivery.Type, delivery.Payload) is { } fact)
            await handlers.HandleAsync(services, fact, ct);
        if (db.ChangeTracker.HasChanges())
            await db.SaveChangesAsync(ct);
        // The next event of the batch is not to pay for looking through what this one left unchanged.
        db.ChangeTracker.Clear();
    }

    private async Task ParkAsync(TDb db, Delivery delivery, Dictionary<(string, long), bool> parked, RoundResult round, CancellationToken ct)
    {
        if (parked.ContainsKey((delivery.Aggregate, delivery.Sequence)))
        {
            round.Skipped++;
            return;
        }

        round.Held ??= await db.Set<ParkedDelivery>().CountAsync(row => row.Consumer == consumer, ct);
        if (round.Held >= MaxParked)
        {
            round.Refused.Add(new(delivery, $"{consumer} already holds {MaxParked} deliveries that wait."));
            return;
        }

        db.Add(ParkedDelivery.Of(consumer, delivery, clock.GetUtcNow().ToUnixTimeMilliseconds()));
        parked.Add((delivery.Aggregate, delivery.Sequence), false);
        round.Held++;
        round.Parked++;
    }

    private IQueryable<ParkedDelivery> ParkedAt(TDb db, string aggregate, long sequence) =>
        db.Set<ParkedDelivery>().Where(row => row.Consumer == consumer && row.Aggregate == aggregate && row.Sequence == sequence);
}

/// <summary>What one transaction of an inbox did.</summary>
internal sealed class RoundResult
{
    public List<Delivery> Applied { get; } = [];

    public List<Refusal> Refused { get; } = [];

    public Dictionary<string, long> Moved { get; } = new(StringComparer.Ordinal);

    public int Skipped { get; set; }

    public int Parked { get; set; }

    /// <summary>Deliveries that the consumer holds in all, once they were counted.</summary>
    public int? Held { get; set; }
}
