using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Messaging.Outbox;

public static class OutboxWriter
{
    /// <summary>
    /// Adds an event to the transaction that is open on <paramref name="db"/>. The aggregate's sequence row stays
    /// locked until the commit, so sequence order is commit order.
    /// </summary>
    public static async Task PublishAsync<TDb>(this TDb db, IEvent fact, TimeProvider clock, CancellationToken ct) where TDb : PlaneDb
    {
        if (db.Database.CurrentTransaction is null)
            throw new InvalidOperationException("An event is published inside the transaction of the write that caused it.");
        var aggregate = fact.Aggregate;
        var sequence = (await db.Database.SqlQuery<long>($"""
            INSERT INTO aggregate_sequences (aggregate, last) VALUES ({aggregate}, 1)
            ON CONFLICT (aggregate) DO UPDATE SET last = aggregate_sequences.last + 1 RETURNING last
            """).ToListAsync(ct))[0];
        var now = clock.GetUtcNow();
        db.Add(new OutboxMessage
        {
            MessageId = Guid.CreateVersion7(now),
            Aggregate = aggregate,
            Sequence = sequence,
            Type = EventCatalog.NameOf(fact),
            Payload = EventCatalog.Serialize(fact),
            OccurredAt = now.ToUnixTimeMilliseconds(),
        });
    }
}
