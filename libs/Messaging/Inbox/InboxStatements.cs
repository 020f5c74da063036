using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>Statements on the cursors of many aggregates at once.</summary>
internal static class InboxStatements
{
    /// <summary>A cursor's instant is exact to an hour: an unchanged one spares its index.</summary>
    private const long Hour = 3_600_000;

    /// <summary>
    /// Locks the cursors of <paramref name="aggregates"/> until the transaction ends, in the order given, and returns
    /// how far each has come; an aggregate that is met for the first time gets a cursor.
    /// </summary>
    public static async Task<Dictionary<string, long>> LockAsync(PlaneDb db, string consumer, string[] aggregates, long now, CancellationToken ct)
    {
        var found = await db.Database.SqlQuery<CursorState>(db.Provider.Provider == DatabaseProvider.Postgres
            ? (FormattableString)$"""
                INSERT INTO inbox AS known (consumer, aggregate, last_sequence, touched_at)
                SELECT {consumer}, given.aggregate, -1, {now} FROM unnest({aggregates}) WITH ORDINALITY AS given (aggregate, n) ORDER BY n
                ON CONFLICT (consumer, aggregate) DO UPDATE SET
                  touched_at = CASE WHEN known.touched_at < excluded.touched_at - {Hour} THEN excluded.touched_at ELSE known.touched_at END
                RETURNING known.aggregate, known.last_sequence AS last
                """
            : $"""
                INSERT INTO inbox (consumer, aggregate, last_sequence, touched_at)
                SELECT {consumer}, value, -1, {now} FROM json_each({JsonSerializer.Serialize(aggregates)}) WHERE true
                ON CONFLICT (consumer, aggregate) DO UPDATE SET
                  touched_at = CASE WHEN inbox.touched_at < excluded.touched_at - {Hour} THEN excluded.touched_at ELSE inbox.touched_at END
                RETURNING aggregate, last_sequence AS last
                """).ToListAsync(ct);
        return found.ToDictionary(cursor => cursor.Aggregate, cursor => cursor.Last, StringComparer.Ordinal);
    }

    /// <summary>Moves cursors on that this transaction has locked.</summary>
    public static async Task MoveAsync(PlaneDb db, string consumer, IReadOnlyDictionary<string, long> moved, CancellationToken ct)
    {
        if (moved.Count == 0)
            return;
        if (db.Provider.Provider == DatabaseProvider.Postgres)
        {
            await db.Database.ExecuteSqlAsync($"""
                UPDATE inbox SET last_sequence = given.last FROM unnest({moved.Keys.ToArray()}, {moved.Values.ToArray()}) AS given (aggregate, last)
                WHERE inbox.consumer = {consumer} AND inbox.aggregate = given.aggregate
                """, ct);
            return;
        }

        await db.Database.ExecuteSqlAsync($"""
            UPDATE inbox SET last_sequence = given.value FROM json_each({JsonSerializer.Serialize(moved)}) AS given
            WHERE inbox.consumer = {consumer} AND inbox.aggregate = given.key
            """, ct);
    }

    /// <summary>Which deliveries of <paramref name="aggregates"/> lie parked, and whether one has failed before.</summary>
    public static async Task<Dictionary<(string Aggregate, long Sequence), bool>> ParkedAsync(
        PlaneDb db, string consumer, string[] aggregates, CancellationToken ct) =>
        await db.Set<ParkedDelivery>().Where(row => row.Consumer == consumer && aggregates.Contains(row.Aggregate))
            .Select(row => new { row.Aggregate, row.Sequence, Failed = row.Attempts > 0 })
            .ToDictionaryAsync(row => (row.Aggregate, row.Sequence), row => row.Failed, ct);

    private sealed record CursorState(string Aggregate, long Last);
}
