using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Metrics.Tailing;

/// <summary>Asks the database what is new since the last time, so that any replica can serve any tail.</summary>
internal sealed class TailReader([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    /// <summary>Values of one metric that are sent at once; more follow at the next look.</summary>
    private const int MaxAtOnce = 5000;

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
        await using var connection = await database.OpenAsync(ct);
        foreach (var metric in await MetricsAsync(connection, tail, ct))
        {
            await using var command = Points(connection, tail, metric,
                "timestamp = (SELECT max(l.timestamp) FROM metrics l WHERE l.run_key = @run AND l.key = @key)");
            foreach (var point in await ReadAsync(command, metric, ct))
                tail.Advance(point);
        }
    }

    /// <summary>Values that the tail has not seen.</summary>
    public async Task<List<MetricPoint>> NextAsync(Tail tail, CancellationToken ct)
    {
        var fresh = new List<MetricPoint>();
        await using var connection = await database.OpenAsync(ct);
        foreach (var metric in await MetricsAsync(connection, tail, ct))
        {
            await using var command = Points(connection, tail, metric, "timestamp >= @since");
            SqlParameters.Add(command, "since", tail.Since(metric));
            foreach (var point in await ReadAsync(command, metric, ct))
            {
                if (tail.Advance(point))
                    fresh.Add(point);
            }
        }

        return fresh;
    }

    private static async Task<List<string>> MetricsAsync(DbConnection connection, Tail tail, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT key FROM latest_metrics WHERE run_key = @run";
        if (tail.Metrics.Count > 0)
            command.CommandText += $" AND key IN ({string.Join(", ", tail.Metrics.Select((metric, i) => SqlParameters.Add(command, $"key{i}", metric)))})";
        SqlParameters.Add(command, "run", tail.RunKey);
        var metrics = new List<string>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            metrics.Add(rows.GetString(0));
        return metrics;
    }

    private static DbCommand Points(DbConnection connection, Tail tail, string metric, string condition)
    {
        var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT timestamp, step, value, is_nan FROM metrics WHERE run_key = @run AND key = @key AND {condition}
            ORDER BY timestamp, step, value, is_nan LIMIT {MaxAtOnce}
            """;
        SqlParameters.Add(command, "run", tail.RunKey);
        SqlParameters.Add(command, "key", metric);
        return command;
    }

    private static async Task<List<MetricPoint>> ReadAsync(DbCommand command, string metric, CancellationToken ct)
    {
        var points = new List<MetricPoint>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            points.Add(new(metric, rows.GetBoolean(3) ? double.NaN : rows.GetDouble(2), rows.GetInt64(0), rows.GetInt64(1)));
        return points;
    }
}
