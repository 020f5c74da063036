using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>
/// Applies deliveries in the order of each aggregate: an older one is skipped, the next one is applied with the
/// consumer's own change in one transaction, a later one is parked until the gap closes.
/// </summary>
internal sealed class Consumer<TDb>(
    string name, ConsumerHandlers handlers, IServiceScopeFactory scopes, TimeProvider clock, MessagingMetrics metrics) : IConsumer
    where TDb : PlaneDb
{
    /// <summary>Deliveries parked for one consumer; beyond it a delivery fails and its producer keeps it.</summary>
    internal const int MaxParked = 10_000;

    public string Name => name;

    public bool Follows(string aggregate) => handlers.Follows(aggregate);

    public async Task DeliverAsync(Delivery delivery, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await db.WriteAsync(async token =>
        {
            var cursor = await CursorAsync(db, delivery, token);
            if (delivery.Sequence <= cursor.LastSequence)
            {
                metrics.Skipped(name);
                return;
            }

            if (delivery.Sequence > cursor.LastSequence + 1)
            {
                await ParkAsync(db, delivery, token);
                return;
            }

            await ApplyAsync(scope.ServiceProvider, cursor, delivery, token);
            await ApplyParkedAsync(scope.ServiceProvider, db, cursor, token);
        }, ct);
    }

    private async Task<InboxCursor> CursorAsync(TDb db, Delivery delivery, CancellationToken ct)
    {
        // A new consumer starts at the first event that it sees of an aggregate. The insert also takes the row lock
        // that keeps two replicas from applying to one aggregate at once.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO inbox (consumer, aggregate, last_sequence) VALUES ({name}, {delivery.Aggregate}, {delivery.Sequence - 1})
            ON CONFLICT (consumer, aggregate) DO UPDATE SET last_sequence = inbox.last_sequence
            """, ct);
        return await db.Set<InboxCursor>().SingleAsync(row => row.Consumer == name && row.Aggregate == delivery.Aggregate, ct);
    }

    private async Task ParkAsync(TDb db, Delivery delivery, CancellationToken ct)
    {
        var parked = db.Set<ParkedDelivery>();
        if (await parked.AnyAsync(row => row.Consumer == name && row.Aggregate == delivery.Aggregate && row.Sequence == delivery.Sequence, ct))
            return;
        if (await parked.CountAsync(row => row.Consumer == name, ct) >= MaxParked)
            throw new InvalidOperationException($"{name} already holds {MaxParked} deliveries that wait for a predecessor.");
        parked.Add(new ParkedDelivery
        {
            Consumer = name,
            Aggregate = delivery.Aggregate,
            Sequence = delivery.Sequence,
            MessageId = delivery.MessageId,
            Type = delivery.Type,
            Payload = delivery.Payload,
            ParkedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
        });
        metrics.Parked(name);
    }

    private async Task ApplyAsync(IServiceProvider services, InboxCursor cursor, Delivery delivery, CancellationToken ct)
    {
        // An event of a newer build that this one does not know is passed over; its cursor moves on.
        if (EventCatalog.Deserialize(delivery.Type, delivery.Payload) is { } fact)
            await handlers.HandleAsync(services, fact, ct);
        cursor.LastSequence = delivery.Sequence;
        metrics.Applied(name);
    }

    private async Task ApplyParkedAsync(IServiceProvider services, TDb db, InboxCursor cursor, CancellationToken ct)
    {
        while (true)
        {
            var next = await db.Set<ParkedDelivery>().SingleOrDefaultAsync(
                row => row.Consumer == name && row.Aggregate == cursor.Aggregate && row.Sequence == cursor.LastSequence + 1, ct);
            if (next is null)
                return;
            await ApplyAsync(services, cursor, new(next.MessageId, next.Aggregate, next.Sequence, next.Type, next.Payload), ct);
            db.Remove(next);
        }
    }
}
