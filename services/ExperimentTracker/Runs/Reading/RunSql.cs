using System.Data.Common;

namespace MlopsPlane.ExperimentTracker.Runs.Reading;

/// <summary>The statements that read a run's parts, and their rows.</summary>
internal static class RunSql
{
    /// <summary>Columns of <see cref="RunInfo"/> from <c>runs r</c> joined with <c>experiments e</c>.</summary>
    public const string InfoColumns =
        "r.run_key, r.run_id, r.name, e.experiment_id, r.user_id, r.status, r.start_time, r.end_time, r.artifact_uri, r.lifecycle_stage";

    /// <summary>All parts of the runs whose key satisfies <paramref name="which"/>, one statement a part.</summary>
    public static string Everything(string which) => $"""
        SELECT {InfoColumns} FROM runs r JOIN experiments e ON e.experiment_key = r.experiment_key WHERE r.run_key {which};
        SELECT run_key, key, value, timestamp, step, is_nan FROM latest_metrics WHERE run_key {which};
        SELECT run_key, key, value FROM params WHERE run_key {which};
        SELECT run_key, key, value FROM tags WHERE run_key {which};
        SELECT i.run_key, i.input_key, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
          FROM dataset_inputs i JOIN datasets d ON d.dataset_key = i.dataset_key WHERE i.run_key {which} ORDER BY i.input_key;
        SELECT i.run_key, t.input_key, t.key, t.value
          FROM dataset_inputs i JOIN input_tags t ON t.input_key = i.input_key WHERE i.run_key {which} ORDER BY t.input_key, t.key;
        SELECT run_key, model_id FROM model_inputs WHERE run_key {which} ORDER BY model_id;
        SELECT run_key, model_id, step FROM model_outputs WHERE run_key {which} ORDER BY step, model_id
        """;

    public static RunInfo Info(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetString(4), row.GetString(5), row.GetInt64(6),
        row.IsDBNull(7) ? null : row.GetInt64(7), row.GetString(8), row.GetString(9));

    /// <summary>A row of run_key, key, value, timestamp, step, is_nan.</summary>
    public static MetricPoint Metric(DbDataReader row) =>
        new(row.GetString(1), row.GetBoolean(5) ? double.NaN : row.GetDouble(2), row.GetInt64(3), row.GetInt64(4));

    public static DatasetUse Dataset(DbDataReader row) => new(
        row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5),
        row.IsDBNull(6) ? null : row.GetString(6), row.IsDBNull(7) ? null : row.GetString(7), []);
}
