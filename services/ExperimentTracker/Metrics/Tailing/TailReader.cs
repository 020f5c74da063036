using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Metrics.Tailing;

/// <summary>Asks the database what is new since the last time, so that any replica can serve any tail.</summary>
internal sealed class TailReader([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database, HistoryReader histories)
{
    private const int PageSize = 5000;

    /// <summary>The run's status; null when it is gone.</summary>
    public async Task<string?> StatusAsync(Tail tail, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT status FROM runs WHERE run_key = @run";
        SqlParameters.Add(command, "run", tail.RunKey);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    /// <summary>Moves the tail behind everything that is there now.</summary>
    public async Task SkipAsync(Tail tail, CancellationToken ct)
    {
        foreach (var metric in await MetricsAsync(tail, ct))
        {
            await foreach (var point in FromAsync(tail.RunKey, metric, await EndAsync(tail.RunKey, metric, ct), ct))
                tail.Advance(point);
        }
    }

    /// <summary>Values that the tail has not seen, page by page, with no connection held between pages.</summary>
    public async IAsyncEnumerable<MetricPoint> NextAsync(Tail tail, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var metric in await MetricsAsync(tail, ct))
        {
            await foreach (var point in FromAsync(tail.RunKey, metric, tail.Since(metric), ct))
            {
                if (tail.Advance(point))
                    yield return point;
            }
        }
    }

    private async IAsyncEnumerable<MetricPoint> FromAsync(
        long runKey, string metric, (long Timestamp, long Step) since, [EnumeratorCancellation] CancellationToken ct)
    {
        // Every value of that time and step comes after this one, which none can equal.
        var start = new HistoryStart(new MetricPoint(metric, double.NegativeInfinity, since.Timestamp, since.Step), Offset: 0);
        while (true)
        {
            var page = await histories.ReadAsync(runKey, metric, start, PageSize, ct);
            foreach (var point in page)
                yield return point;
            if (page.Count < PageSize)
                yield break;
            start = new HistoryStart(page[^1], Offset: 0);
        }
    }

    /// <summary>Time and step of a metric's last value.</summary>
    private async Task<(long Timestamp, long Step)> EndAsync(long runKey, string metric, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT timestamp, step FROM metrics WHERE run_key = @run AND key = @key
            ORDER BY timestamp DESC, step DESC, value DESC, is_nan DESC LIMIT 1
            """;
        SqlParameters.Add(command, "run", runKey);
        SqlParameters.Add(command, "key", metric);
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct) ? (rows.GetInt64(0), rows.GetInt64(1)) : (long.MinValue, long.MinValue);
    }

    private async Task<List<string>> MetricsAsync(Tail tail, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT key FROM latest_metrics WHERE run_key = @run";
        if (tail.Metrics.Count > 0)
            command.CommandText += $" AND key IN ({string.Join(", ", tail.Metrics.Select((metric, i) => SqlParameters.Add(command, $"key{i}", metric)))})";
        SqlParameters.Add(command, "run", tail.RunKey);
        return await ReadAsync(command, ct);
    }

    private static async Task<List<string>> ReadAsync(DbCommand command, CancellationToken ct)
    {
        var metrics = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            metrics.Add(rows.GetString(0));
        return metrics;
    }
}
