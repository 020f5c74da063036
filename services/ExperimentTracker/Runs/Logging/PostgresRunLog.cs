using MlopsPlane.Storage.Databases;
using Npgsql;
using NpgsqlTypes;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>
/// One batch of statements, one round trip and one implicit transaction a request. Every statement finds the active
/// run itself, so a missing or deleted run makes all of them do nothing.
/// </summary>
internal sealed class PostgresRunLog(PostgresDatabase database) : RunLog
{
    private const int MaxAttempts = 5;
    private const string Found = "SELECT lifecycle_stage FROM runs WHERE workspace_id = $1 AND run_id = $2";
    private const string Active = "(SELECT run_key, experiment_key FROM runs WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active') r";

    private const string InsertMetrics = $"""
        INSERT INTO metrics (run_key, key, timestamp, step, value, is_nan)
        SELECT r.run_key, m.* FROM {Active}, unnest($3::text[], $4::bigint[], $5::bigint[], $6::float8[], $7::bool[]) m
        ON CONFLICT DO NOTHING
        """;

    private const string UpsertLatest = $"""
        INSERT INTO latest_metrics (run_key, experiment_key, key, timestamp, step, value, is_nan)
        SELECT r.run_key, r.experiment_key, m.* FROM {Active}, unnest($3::text[], $4::bigint[], $5::bigint[], $6::float8[], $7::bool[]) m
        ON CONFLICT (run_key, key) DO UPDATE SET timestamp = excluded.timestamp, step = excluded.step, value = excluded.value, is_nan = excluded.is_nan
        WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)
        """;

    private const string InsertParams = $"""
        INSERT INTO params (run_key, experiment_key, key, value)
        SELECT r.run_key, r.experiment_key, p.* FROM {Active}, unnest($3::text[], $4::text[]) p
        ON CONFLICT DO NOTHING
        """;

    private const string OtherParams = $"""
        FROM {Active} JOIN params p ON p.run_key = r.run_key JOIN unnest($3::text[], $4::text[]) given (key, value) ON given.key = p.key
        WHERE p.value <> given.value
        """;

    // The insert left a param alone that is there already. One with another value fails the batch, by a division by
    // zero: nothing else can undo a transaction from within without a second round trip.
    private const string RefuseOtherParams = $"SELECT 1 / (CASE WHEN EXISTS (SELECT 1 {OtherParams}) THEN 0 ELSE 1 END)";

    private const string UpsertTags = $"""
        INSERT INTO tags (run_key, experiment_key, key, value)
        SELECT r.run_key, r.experiment_key, t.* FROM {Active}, unnest($3::text[], $4::text[]) t
        ON CONFLICT (run_key, key) DO UPDATE SET value = excluded.value
        """;

    private const string Rename = "UPDATE runs SET name = $3 WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active'";

    private const string InsertModelMetrics = """
        INSERT INTO logged_model_metrics (model_key, key, timestamp, step, value, is_nan, run_id, dataset_name, dataset_digest)
        SELECT model.model_key, m.key, m.timestamp, m.step, m.value, m.is_nan, $2, m.name, m.digest
        FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::float8[], $7::bool[], $8::text[], $9::text[], $10::text[])
          m (key, timestamp, step, value, is_nan, model_id, name, digest)
        JOIN logged_models model ON model.workspace_id = $1 AND model.model_id = m.model_id
        WHERE EXISTS (SELECT 1 FROM runs WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active')
        ON CONFLICT DO NOTHING
        """;

    protected override async Task<LogOutcome> WriteAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct)
    {
        if (entries.ModelMetrics.Length > 0 && await MissingModelAsync(workspaceId, entries.ModelMetrics, ct) is { } missing)
            return new(await StageAsync(workspaceId, runId, ct), [], missing);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var batch = Compose(workspaceId, runId, entries);
                await using var reader = await batch.ExecuteReaderAsync(ct);
                var outcome = await reader.ReadAsync(ct) ? new LogOutcome(reader.GetString(0), []) : LogOutcome.NoRun;
                // The other statements' failures arrive with their results.
                while (await reader.NextResultAsync(ct))
                {
                }

                return outcome;
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.DivisionByZero)
            {
                return new(Experiments.Lifecycle.Active, await ChangedAsync(workspaceId, runId, entries, ct));
            }
            catch (PostgresException lost) when (attempt < MaxAttempts && database.IsTransient(lost))
            {
                // The whole batch was rolled back; it is run again.
            }
        }
    }

    private NpgsqlBatch Compose(int workspaceId, string runId, LogEntries entries)
    {
        var batch = database.Source.CreateBatch();
        Add(batch, Found, workspaceId, runId);
        if (entries.RunName is { } name)
            Add(batch, Rename, workspaceId, runId).Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        if (entries.Params.Length > 0)
        {
            AddPairs(Add(batch, InsertParams, workspaceId, runId), entries.Params);
            AddPairs(Add(batch, RefuseOtherParams, workspaceId, runId), entries.Params);
        }

        if (entries.Metrics.Length > 0)
        {
            AddPoints(Add(batch, InsertMetrics, workspaceId, runId), entries.Metrics);
            AddPoints(Add(batch, UpsertLatest, workspaceId, runId), entries.Latest);
        }

        if (entries.ModelMetrics.Length > 0)
            AddModelPoints(Add(batch, InsertModelMetrics, workspaceId, runId), entries.ModelMetrics);
        if (entries.Tags.Length > 0)
            AddPairs(Add(batch, UpsertTags, workspaceId, runId), entries.Tags);
        return batch;
    }

    private async Task<IReadOnlyList<ChangedParam>> ChangedAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct)
    {
        await using var batch = database.Source.CreateBatch();
        AddPairs(Add(batch, $"SELECT p.key, p.value, given.value {OtherParams} ORDER BY p.key", workspaceId, runId), entries.Params);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var changed = new List<ChangedParam>();
        while (await reader.ReadAsync(ct))
            changed.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return changed;
    }

    private async Task<string?> StageAsync(int workspaceId, string runId, CancellationToken ct)
    {
        await using var batch = database.Source.CreateBatch();
        Add(batch, Found, workspaceId, runId);
        return await batch.ExecuteScalarAsync(ct) as string;
    }

    private async Task<string?> MissingModelAsync(int workspaceId, ModelMetricEntry[] metrics, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("""
            SELECT m.id FROM unnest($2::text[]) m (id)
            WHERE NOT EXISTS (SELECT 1 FROM logged_models WHERE workspace_id = $1 AND model_id = m.id) LIMIT 1
            """);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = workspaceId });
        command.Parameters.Add(Array(metrics.Select(metric => metric.ModelId).Distinct().ToArray(), NpgsqlDbType.Text));
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, string sql, int workspaceId, string runId)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = workspaceId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = runId });
        batch.BatchCommands.Add(command);
        return command;
    }

    private static void AddPairs(NpgsqlBatchCommand command, KeyValuePair<string, string>[] pairs)
    {
        command.Parameters.Add(Array(System.Array.ConvertAll(pairs, pair => pair.Key), NpgsqlDbType.Text));
        command.Parameters.Add(Array(System.Array.ConvertAll(pairs, pair => pair.Value), NpgsqlDbType.Text));
    }

    private static void AddPoints(NpgsqlBatchCommand command, MetricEntry[] points)
    {
        command.Parameters.Add(Array(System.Array.ConvertAll(points, point => point.Key), NpgsqlDbType.Text));
        command.Parameters.Add(Array(System.Array.ConvertAll(points, point => point.Timestamp), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(System.Array.ConvertAll(points, point => point.Step), NpgsqlDbType.Bigint));
        command.Parameters.Add(Array(System.Array.ConvertAll(points, point => point.Value), NpgsqlDbType.Double));
        command.Parameters.Add(Array(System.Array.ConvertAll(points, point => point.IsNan), NpgsqlDbType.Boolean));
    }

    private static void AddModelPoints(NpgsqlBatchCommand command, ModelMetricEntry[] metrics)
    {
        AddPoints(command, System.Array.ConvertAll(metrics, metric => metric.Point));
        command.Parameters.Add(Array(System.Array.ConvertAll(metrics, metric => metric.ModelId), NpgsqlDbType.Text));
        command.Parameters.Add(Array(System.Array.ConvertAll(metrics, metric => metric.DatasetName), NpgsqlDbType.Text));
        command.Parameters.Add(Array(System.Array.ConvertAll(metrics, metric => metric.DatasetDigest), NpgsqlDbType.Text));
    }

    private static NpgsqlParameter<T[]> Array<T>(T[] values, NpgsqlDbType type) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
