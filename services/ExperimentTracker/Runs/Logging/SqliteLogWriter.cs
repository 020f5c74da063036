using Microsoft.Data.Sqlite;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>Applies requests to an open transaction; each is checked before its first row is written.</summary>
internal sealed class SqliteLogWriter(SqliteConnection connection, SqliteTransaction transaction) : IDisposable
{
    private const string AddLatest = $"""
        INSERT INTO latest_metrics (run_key, experiment_key, key, timestamp, step, value, is_nan, chunked_timestamp, chunked_step)
        VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8) {LatestSql.OnConflict}
        """;

    private readonly Dictionary<string, SqliteCommand> commands = new(StringComparer.Ordinal);

    public LogOutcome Apply(int workspaceId, string runId, LogEntries entries)
    {
        using (var run = Execute("SELECT run_key, experiment_key, lifecycle_stage FROM runs WHERE workspace_id = $0 AND run_id = $1", workspaceId, runId))
        {
            if (!run.Read())
                return LogOutcome.NoRun;
            var (runKey, experimentKey, stage) = (run.GetInt64(0), run.GetInt64(1), run.GetString(2));
            run.Close();
            if (stage != Experiments.Lifecycle.Active)
                return new(stage, []);
            if (MissingModel(workspaceId, entries.ModelMetrics) is { } missing)
                return new(stage, [], missing);
            var changed = Changed(runKey, entries.Params);
            if (changed.Count == 0)
                Write(workspaceId, runId, runKey, experimentKey, entries);
            return new(stage, changed);
        }
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
            command.Dispose();
    }

    private List<ChangedParam> Changed(long runKey, KeyValuePair<string, string>[] given)
    {
        var changed = new List<ChangedParam>();
        foreach (var (key, value) in given)
        {
            using var found = Execute("SELECT value FROM params WHERE run_key = $0 AND key = $1", runKey, key);
            if (found.Read() && found.GetString(0) is var old && old != value)
                changed.Add(new(key, old, value));
        }

        return changed;
    }

    private string? MissingModel(int workspaceId, ModelMetricEntry[] metrics) =>
        metrics.Select(metric => metric.ModelId).Distinct().FirstOrDefault(id =>
        {
            using var found = Execute("SELECT 1 FROM logged_models WHERE workspace_id = $0 AND model_id = $1", workspaceId, id);
            return !found.Read();
        });

    private void Write(int workspaceId, string runId, long runKey, long experimentKey, LogEntries entries)
    {
        if (entries.RunName is { } name)
            Run("UPDATE runs SET name = $1 WHERE run_key = $0", runKey, name);
        foreach (var (key, value) in entries.Params)
            Run("INSERT INTO params (run_key, experiment_key, key, value) VALUES ($0, $1, $2, $3) ON CONFLICT DO NOTHING", runKey, experimentKey, key, value);
        foreach (var point in entries.Metrics)
            Run("INSERT INTO metrics (run_key, key, timestamp, step, value, is_nan) VALUES ($0, $1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                runKey, point.Key, point.Timestamp, point.Step, point.Value, point.IsNan);
        foreach (var (point, firstTimestamp, firstStep) in entries.Latest)
            Run(AddLatest, runKey, experimentKey, point.Key, point.Timestamp, point.Step, point.Value, point.IsNan, firstTimestamp, firstStep);
        foreach (var metric in entries.ModelMetrics)
            Run("""
                INSERT INTO logged_model_metrics (model_key, key, timestamp, step, value, is_nan, run_id, dataset_name, dataset_digest)
                SELECT model_key, $2, $3, $4, $5, $6, $7, $8, $9 FROM logged_models WHERE workspace_id = $0 AND model_id = $1
                ON CONFLICT DO NOTHING
                """, workspaceId, metric.ModelId, metric.Point.Key, metric.Point.Timestamp, metric.Point.Step, metric.Point.Value,
                metric.Point.IsNan, runId, metric.DatasetName, metric.DatasetDigest);
        foreach (var (key, value) in entries.Tags)
            Run("INSERT INTO tags (run_key, experiment_key, key, value) VALUES ($0, $1, $2, $3) ON CONFLICT (run_key, key) DO UPDATE SET value = excluded.value",
                runKey, experimentKey, key, value);
    }

    private void Run(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteNonQuery();

    private SqliteDataReader Execute(string sql, params ReadOnlySpan<object?> values) => Bind(sql, values).ExecuteReader();

    /// <summary>The statement's command, prepared once for all requests that share the transaction.</summary>
    private SqliteCommand Bind(string sql, ReadOnlySpan<object?> values)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            command = new SqliteCommand(sql, connection, transaction);
            for (var i = 0; i < values.Length; i++)
                command.Parameters.Add(new SqliteParameter($"${i}", null));
            commands.Add(sql, command);
        }

        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        return command;
    }
}
