using System.Diagnostics;
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
        var now = clock.GetUtcNow();
        var (at, id) = (now.ToUnixTimeMilliseconds(), Guid.CreateVersion7(now));
        var (aggregate, type, payload) = (fact.Aggregate, EventCatalog.NameOf(fact), EventCatalog.Serialize(fact));
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
        if (db.Provider.Provider == DatabaseProvider.Postgres)
        {
            // One statement: a round trip more would be felt by a write as short as a log-batch.
            await db.Database.ExecuteSqlAsync($"""
                WITH numbered AS (
                  INSERT INTO aggregate_sequences (aggregate, last, last_at) VALUES ({aggregate}, 1, {at})
                  ON CONFLICT (aggregate) DO UPDATE SET
                    last = aggregate_sequences.last + 1, previous_at = aggregate_sequences.last_at, last_at = excluded.last_at
                  RETURNING last, previous_at)
                INSERT INTO outbox (message_id, aggregate, sequence, type, payload, occurred_at, previous_at, trace_parent, attempts, available_at)
                SELECT {id}, {aggregate}, last, {type}, {payload}, {at}, previous_at, {trace}, 0, 0 FROM numbered
                """, ct);
            return;
        }

        var number = (await db.Database.SqlQuery<Number>($"""
            INSERT INTO aggregate_sequences (aggregate, last, last_at) VALUES ({aggregate}, 1, {at})
            ON CONFLICT (aggregate) DO UPDATE SET
              last = aggregate_sequences.last + 1, previous_at = aggregate_sequences.last_at, last_at = excluded.last_at
            RETURNING last, previous_at AS previous
            """).ToListAsync(ct))[0];
        db.Add(new OutboxMessage
        {
            MessageId = id,
            Aggregate = aggregate,
            Sequence = number.Last,
            Type = type,
            Payload = payload,
            OccurredAt = at,
            PreviousAt = number.Previous,
            TraceParent = trace,
        });
    }

    private sealed record Number(long Last, long? Previous);
}
