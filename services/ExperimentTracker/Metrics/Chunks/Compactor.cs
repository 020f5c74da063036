using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>Repeats the rows of histories as chunks.</summary>
internal sealed class Compactor(TrackerDb db, CompactionMetrics metrics)
{
    /// <summary>Rows that are read in one transaction, in which writers of the same history wait.</summary>
    private const int MaxRows = 32 * MetricChunk.Capacity;

    /// <summary>Shorter histories are read as fast from their rows.</summary>
    private const int MinPoints = MetricChunk.Capacity / 2;

    /// <summary>Compacts every history of a run that is long enough.</summary>
    public async Task CompactRunAsync(long runKey, CancellationToken ct)
    {
        var keys = await db.Database.SqlQuery<string>($"""
            SELECT l.key FROM latest_metrics l WHERE l.run_key = {runKey} AND EXISTS (
              SELECT 1 FROM metrics m WHERE m.run_key = l.run_key AND m.key = l.key LIMIT 1 OFFSET {MinPoints - 1})
            """).ToListAsync(ct);
        foreach (var key in keys)
            await CompactAsync(runKey, key, ct);
    }

    /// <summary>Compacts one history to its end.</summary>
    public async Task CompactAsync(long runKey, string key, CancellationToken ct)
    {
        var more = true;
        while (more)
        {
            more = await db.WriteAsync(token => ExtendAsync(runKey, key, token), ct);
            db.ChangeTracker.Clear();
        }
    }

    /// <summary>Adds the chunks of the next rows; true when there are rows behind them.</summary>
    private async Task<bool> ExtendAsync(long runKey, string key, CancellationToken ct)
    {
        if (!await db.LockHistoryAsync(runKey, key, ct))
            return false;
        var latest = await db.Set<LatestMetric>().SingleOrDefaultAsync(row => row.RunKey == runKey && row.Key == key, ct);
        if (latest is null)
            return false;
        var chunks = db.Set<MetricChunk>().Where(row => row.RunKey == runKey && row.Key == key);
        var last = await chunks
            .Where(row => row.LastTimestamp < latest.ChunkedTimestamp
                || (row.LastTimestamp == latest.ChunkedTimestamp && row.LastStep < latest.ChunkedStep))
            .OrderByDescending(row => row.Number)
            .Select(row => new { row.Number, row.Count, row.FirstTimestamp, row.FirstStep, Next = new HistoryPoint(row.LastTimestamp, row.LastStep, 0) })
            .FirstOrDefaultAsync(ct);
        // A chunk that is not full is made again, with what came after it.
        var (number, from) = last switch
        {
            null => (0, ((long Timestamp, long Step)?)null),
            { Count: < MetricChunk.Capacity } => (last.Number, (last.FirstTimestamp, last.FirstStep)),
            _ => (last.Number + 1, last.Next.Next),
        };
        var rows = await HistoryRows.ReadAsync(
            db.Database.GetDbConnection(), db.Database.CurrentTransaction!.GetDbTransaction(), runKey, key, from, MaxRows + 1, ct);
        var more = rows.Count > MaxRows;
        var added = Cut(rows, more);
        if (added.Count == 0)
            return false;
        await chunks.Where(row => row.Number >= number).ExecuteDeleteAsync(ct);
        foreach (var points in added)
            db.Add(MetricChunk.Of(runKey, key, number++, points.Span));
        (latest.ChunkedTimestamp, latest.ChunkedStep) = added[^1].Span[^1].Next;
        metrics.Added(added.Count);
        return more;
    }

    /// <summary>
    /// The rows in stretches of a chunk's capacity. Points of one time and step stay together, so that a chunk begins and
    /// ends where time or step changes; of rows that go on, the last such group is left for the next round.
    /// </summary>
    private static List<ReadOnlyMemory<HistoryPoint>> Cut(List<HistoryPoint> rows, bool more)
    {
        var end = rows.Count;
        while (more && end > 0 && IsSamePlace(rows[end - 1], rows[^1]))
            end--;
        var all = rows.GetRange(0, end).ToArray().AsMemory();
        var cut = new List<ReadOnlyMemory<HistoryPoint>>();
        for (var start = 0; start < end;)
        {
            var next = Math.Min(end, start + MetricChunk.Capacity);
            while (next < end && IsSamePlace(all.Span[next], all.Span[next - 1]))
                next++;
            cut.Add(all[start..next]);
            start = next;
        }

        return cut;
    }

    private static bool IsSamePlace(in HistoryPoint one, in HistoryPoint other) => one.Timestamp == other.Timestamp && one.Step == other.Step;
}
