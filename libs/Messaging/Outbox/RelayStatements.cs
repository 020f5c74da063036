using MlopsPlane.Storage.Databases;
using Npgsql;
using NpgsqlTypes;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>The relay's statements on one outbox; each is a transaction of its own.</summary>
internal sealed class RelayStatements(PostgresDatabase database)
{
    // Of an aggregate a run from its first row on is taken, and nothing while one of its rows is held by a replica,
    // waits or is parked. Positions follow sequences, because both are given out under the lock of the aggregate's
    // sequence. What SKIP LOCKED passed over, another claim is taking: then the run does not begin at the first row.
    // Each step costs no more than the rows that it returns, however long the backlog of an aggregate is.
    private const string ClaimSql = """
        WITH held AS MATERIALIZED (
          SELECT DISTINCT aggregate FROM outbox
          WHERE (leased_until IS NOT NULL OR parked_at IS NOT NULL OR available_at > 0)
            AND (leased_until >= $3 OR parked_at IS NOT NULL OR available_at > $3)),
        due AS MATERIALIZED (
          SELECT position, aggregate, sequence FROM outbox
          WHERE parked_at IS NULL AND available_at <= $3 AND (leased_until IS NULL OR leased_until < $3)
            AND aggregate NOT IN (SELECT aggregate FROM held)
          ORDER BY position LIMIT $4 FOR UPDATE SKIP LOCKED),
        runs AS (
          SELECT position, sequence - row_number() OVER (PARTITION BY aggregate ORDER BY sequence) AS before,
            (SELECT sequence FROM outbox AS every WHERE every.aggregate = due.aggregate ORDER BY sequence LIMIT 1) AS first
          FROM due)
        UPDATE outbox SET lease = $1, leased_until = $2 WHERE position IN (SELECT position FROM runs WHERE before = first - 1)
        RETURNING position, message_id, aggregate, sequence, type, payload, occurred_at, previous_at, trace_parent, attempts
        """;

    /// <summary>Takes up to <paramref name="limit"/> rows that are due until <paramref name="until"/>, both in milliseconds since 1970 UTC.</summary>
    public async Task<List<ClaimedMessage>> ClaimAsync(Guid lease, long now, long until, int limit, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(ClaimSql);
        command.Parameters.AddWithValue(lease);
        command.Parameters.AddWithValue(until);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue((long)limit);
        var claimed = new List<ClaimedMessage>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            claimed.Add(new ClaimedMessage(reader.GetInt64(0), new OutboxMessage
            {
                MessageId = reader.GetGuid(1),
                Aggregate = reader.GetString(2),
                Sequence = reader.GetInt64(3),
                Type = reader.GetString(4),
                Payload = reader.GetString(5),
                OccurredAt = reader.GetInt64(6),
                PreviousAt = await reader.IsDBNullAsync(7, ct) ? null : reader.GetInt64(7),
                TraceParent = await reader.IsDBNullAsync(8, ct) ? null : reader.GetString(8),
                Attempts = reader.GetInt32(9),
                Lease = lease,
            }));
        }

        // One channel keeps the order in which a run is published.
        claimed.Sort((one, other) => one.Position.CompareTo(other.Position));
        return claimed;
    }

    /// <summary>Removes rows that the broker confirmed; those that another replica took meanwhile stay.</summary>
    public Task DeleteAsync(Guid lease, long[] positions, CancellationToken ct) =>
        ExecuteAsync("DELETE FROM outbox WHERE position = ANY ($1) AND lease = $2", lease, positions, ct);

    /// <summary>Lets go of rows before their lease ends, so that any replica may take them at once.</summary>
    public Task ReleaseAsync(Guid lease, long[] positions, CancellationToken ct) =>
        ExecuteAsync("UPDATE outbox SET lease = NULL, leased_until = NULL WHERE position = ANY ($1) AND lease = $2", lease, positions, ct);

    private async Task ExecuteAsync(string sql, Guid lease, long[] positions, CancellationToken ct)
    {
        if (positions.Length == 0)
            return;
        await using var command = database.Source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = positions, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        command.Parameters.AddWithValue(lease);
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>A row that this replica holds for the time of a lease.</summary>
internal sealed record ClaimedMessage(long Position, OutboxMessage Message);
