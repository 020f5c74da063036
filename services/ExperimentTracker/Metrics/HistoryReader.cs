using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>Reads logged values in the order of the metrics table's key, which is the order of a history.</summary>
internal sealed class HistoryReader([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    private const string Columns = "SELECT timestamp, step, value, is_nan FROM metrics WHERE run_key = @run AND key = @key";
    private const string Order = " ORDER BY timestamp, step, value, is_nan LIMIT @limit";

    /// <summary>Keys of the workspace's runs of these ids, by id.</summary>
    public async Task<IReadOnlyDictionary<string, long>> RunKeysAsync(int workspaceId, IReadOnlyCollection<string> runIds, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        var names = runIds.Select((id, i) => SqlParameters.Add(command, $"run{i}", id)).ToList();
        command.CommandText = $"SELECT run_id, run_key FROM runs WHERE workspace_id = @workspace AND run_id IN ({string.Join(", ", names)})";
        SqlParameters.Add(command, "workspace", workspaceId);
        var keys = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            keys[reader.GetString(0)] = reader.GetInt64(1);
        return keys;
    }

    /// <summary>At most <paramref name="limit"/> values, from the beginning or after another value or a number of them.</summary>
    public async Task<List<MetricPoint>> ReadAsync(long runKey, string key, HistoryStart start, long limit, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = Columns + (start.After is null ? "" : " AND (timestamp, step, value, is_nan) > (@timestamp, @step, @value, @nan)")
            + Order + (start.Offset > 0 ? " OFFSET @offset" : "");
        SqlParameters.Add(command, "run", runKey);
        SqlParameters.Add(command, "key", key);
        SqlParameters.Add(command, "limit", limit);
        if (start.After is { } after)
        {
            SqlParameters.Add(command, "timestamp", after.Timestamp);
            SqlParameters.Add(command, "step", after.Step);
            SqlParameters.Add(command, "value", double.IsNaN(after.Value) ? 0 : after.Value);
            SqlParameters.Add(command, "nan", double.IsNaN(after.Value));
        }

        if (start.Offset > 0)
            SqlParameters.Add(command, "offset", start.Offset);
        return await ReadAsync(command, key, ct);
    }

    private static async Task<List<MetricPoint>> ReadAsync(DbCommand command, string key, CancellationToken ct)
    {
        var points = new List<MetricPoint>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            points.Add(new(key, reader.GetBoolean(3) ? double.NaN : reader.GetDouble(2), reader.GetInt64(0), reader.GetInt64(1)));
        return points;
    }
}

/// <summary>Where a page of a history begins: after a value, or after a number of values.</summary>
internal readonly record struct HistoryStart(MetricPoint? After, long Offset);
