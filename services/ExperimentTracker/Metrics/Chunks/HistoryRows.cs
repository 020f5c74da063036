using System.Data.Common;
using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>Reads rows of one history in the order of the table's key.</summary>
internal static class HistoryRows
{
    /// <summary>At most <paramref name="limit"/> points, from a time and step on or from the beginning.</summary>
    public static async Task<List<HistoryPoint>> ReadAsync(
        DbConnection connection, DbTransaction transaction, long runKey, string key, (long Timestamp, long Step)? from, int limit, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"""
            SELECT timestamp, step, value, is_nan FROM metrics WHERE run_key = @run AND key = @key{(from is null ? "" : " AND (timestamp, step) >= (@timestamp, @step)")}
            ORDER BY timestamp, step, value, is_nan LIMIT @limit
            """;
        SqlParameters.Add(command, "run", runKey);
        SqlParameters.Add(command, "key", key);
        SqlParameters.Add(command, "limit", limit);
        if (from is { } start)
        {
            SqlParameters.Add(command, "timestamp", start.Timestamp);
            SqlParameters.Add(command, "step", start.Step);
        }

        var points = new List<HistoryPoint>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            points.Add(Read(rows, first: 0));
        return points;
    }

    /// <summary>The point in four columns of a row: timestamp, step, value, is_nan.</summary>
    public static HistoryPoint Read(DbDataReader row, int first) =>
        new(row.GetInt64(first), row.GetInt64(first + 1), row.GetBoolean(first + 3) ? double.NaN : row.GetDouble(first + 2));
}
