using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Search.Sql;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>Reads whole histories, from chunks as far as they hold and from rows behind them.</summary>
internal sealed class HistoryScan([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database, CompactionQueue queue)
{
    /// <summary>Rows behind the chunks of a history from which on it is worth compacting.</summary>
    private const int LongTail = 2 * MetricChunk.Capacity;

    private const int DataColumn = 15;

    private readonly SearchDialect dialect = SearchDialect.Of(database.Provider);

    /// <summary>
    /// Feeds the histories of every metric of every run to the sink, as series <c>run * metrics + metric</c>; a metric that
    /// a run lacks is passed over.
    /// </summary>
    /// <param name="runKeys">Distinct.</param>
    /// <param name="metrics">Distinct.</param>
    /// <param name="wholeChunks">A series of more chunks than this is told by summaries of its chunks.</param>
    public async Task ReadAsync(
        IReadOnlyList<long> runKeys, IReadOnlyList<string> metrics, HistorySink sink, int wholeChunks, CancellationToken ct)
    {
        var series = new Dictionary<(long, string), int>(runKeys.Count * metrics.Count);
        foreach (var runKey in runKeys)
        {
            foreach (var metric in metrics)
                series.Add((runKey, metric), series.Count);
        }

        await using var connection = await database.OpenAsync(ct);
        // One snapshot: a point is either in the chunks or in the rows behind them.
        await using var transaction = await database.BeginSnapshotAsync(connection, ct);
        await using var command = Chunks(connection, transaction, runKeys, metrics, wholeChunks);
        var tails = await ReadChunksAsync(command, series, sink, ct);
        if (tails.Count > 0)
            await ReadTailsAsync(connection, transaction, tails, sink, ct);
        await transaction.CommitAsync(ct);
    }

    private DbCommand Chunks(
        DbConnection connection, DbTransaction transaction, IReadOnlyList<long> runKeys, IReadOnlyList<string> metrics, int wholeChunks)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        var runs = SqlParameters.Add(command, "runs", dialect.List(runKeys));
        var keys = SqlParameters.Add(command, "keys", dialect.List(metrics));
        command.CommandText = $"""
            SELECT l.run_key, l.key, l.step, c.count, c.last_timestamp, c.last_step, c.first_timestamp, c.first_step, c.first_value,
              c.nan_count, c.min_step, c.max_step, c.min_value, c.max_value,
              (SELECT m.timestamp FROM metrics m WHERE m.run_key = l.run_key AND m.key = l.key ORDER BY m.timestamp DESC LIMIT 1), CASE WHEN n.number < {SqlParameters.Add(command, "whole", wholeChunks)} THEN c.data END
            FROM latest_metrics l
            LEFT JOIN (SELECT run_key, key, max(number) AS number FROM metric_chunks WHERE {dialect.In("run_key", runs, negated: false)} GROUP BY run_key, key) n
              ON n.run_key = l.run_key AND n.key = l.key
            LEFT JOIN metric_chunks c ON c.run_key = l.run_key AND c.key = l.key
              AND (c.last_timestamp, c.last_step) < (l.chunked_timestamp, l.chunked_step)
            WHERE {dialect.In("l.run_key", runs, negated: false)} AND {dialect.In("l.key", keys, negated: false)}
            ORDER BY l.run_key, l.key, c.number
            """;
        return command;
    }

    /// <summary>Tells the sink of the chunks, and answers where the rows behind them begin.</summary>
    private static async Task<List<Tail>> ReadChunksAsync(
        DbCommand command, Dictionary<(long, string), int> series, HistorySink sink, CancellationToken ct)
    {
        var tails = new List<Tail>(series.Count);
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var (runKey, key) = (rows.GetInt64(0), rows.GetString(1));
            var one = series[(runKey, key)];
            if (tails.Count == 0 || tails[^1].Series != one)
            {
                tails.Add(new Tail(one, runKey, key, From: null));
                sink.Begin(one, (rows.GetInt64(14), rows.GetInt64(2)));
            }

            if (rows.IsDBNull(3))
                continue;
            tails[^1] = tails[^1] with { From = new HistoryPoint(rows.GetInt64(4), rows.GetInt64(5), 0).Next };
            if (rows.IsDBNull(DataColumn))
                sink.Summary(one, SummaryOf(rows));
            else
                Decode(rows, one, sink);
        }

        return tails;
    }

    private static ChunkSummary SummaryOf(DbDataReader row) => new(
        new HistoryPoint(row.GetInt64(6), row.GetInt64(7), Number(row, 8) ?? double.NaN),
        row.GetInt32(3), row.GetInt32(9), row.GetInt64(4), row.GetInt64(10), row.GetInt64(11), Number(row, 12), Number(row, 13));

    private static double? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static void Decode(DbDataReader row, int series, HistorySink sink)
    {
        var count = row.GetInt32(3);
        var length = (int)row.GetBytes(DataColumn, 0, null, 0, 0);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        var points = ArrayPool<HistoryPoint>.Shared.Rent(count);
        try
        {
            row.GetBytes(DataColumn, 0, bytes, 0, length);
            ChunkCodec.Decode(bytes.AsSpan(0, length), points.AsSpan(0, count));
            sink.Points(series, points.AsSpan(0, count));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<HistoryPoint>.Shared.Return(points);
        }
    }

    /// <summary>One statement a series, sent together: each walks its own stretch of the table's key.</summary>
    private async Task ReadTailsAsync(
        DbConnection connection, DbTransaction transaction, List<Tail> tails, HistorySink sink, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        var text = new StringBuilder();
        for (var i = 0; i < tails.Count; i++)
        {
            var (run, key) = (SqlParameters.Add(command, $"run{i}", tails[i].RunKey), SqlParameters.Add(command, $"key{i}", tails[i].Key));
            text.Append(CultureInfo.InvariantCulture, $"SELECT timestamp, step, value, is_nan FROM metrics WHERE run_key = {run} AND key = {key}");
            if (tails[i].From is { } from)
                text.Append(CultureInfo.InvariantCulture,
                    $" AND (timestamp, step) >= ({SqlParameters.Add(command, $"time{i}", from.Timestamp)}, {SqlParameters.Add(command, $"step{i}", from.Step)})");
            text.Append(" ORDER BY timestamp, step, value, is_nan;");
        }

        command.CommandText = text.ToString();
        var points = ArrayPool<HistoryPoint>.Shared.Rent(MetricChunk.Capacity);
        try
        {
            await using var rows = await command.ExecuteReaderAsync(ct);
            foreach (var tail in tails)
            {
                if (await ReadTailAsync(rows, tail.Series, points.AsMemory(0, MetricChunk.Capacity), sink, ct) >= LongTail)
                    queue.Add(new(tail.RunKey, tail.Key));
                await rows.NextResultAsync(ct);
            }
        }
        finally
        {
            ArrayPool<HistoryPoint>.Shared.Return(points);
        }
    }

    private static async Task<int> ReadTailAsync(DbDataReader rows, int series, Memory<HistoryPoint> buffer, HistorySink sink, CancellationToken ct)
    {
        var (count, filled) = (0, 0);
        while (await rows.ReadAsync(ct))
        {
            if (filled == buffer.Length)
            {
                sink.Points(series, buffer.Span);
                filled = 0;
            }

            buffer.Span[filled++] = HistoryRows.Read(rows, first: 0);
            count++;
        }

        if (filled > 0)
            sink.Points(series, buffer.Span[..filled]);
        return count;
    }

    private readonly record struct Tail(int Series, long RunKey, string Key, (long Timestamp, long Step)? From);
}
