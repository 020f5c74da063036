using MlopsPlane.Storage.Databases;
using Npgsql;
using NpgsqlTypes;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>One statement, one round trip and one implicit transaction a request.</summary>
internal sealed class PostgresRunLog(PostgresDatabase database, RunLogMetrics metrics) : RunLog(metrics)
{
    private const int MaxAttempts = 5;

    protected override async Task<LogOutcome> WriteAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct)
    {
        if (entries.ModelMetrics.Length > 0 && await MissingModelAsync(workspaceId, entries.ModelMetrics, ct) is { } missing)
            return new(await StageAsync(workspaceId, runId, ct), [], missing);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = Compose(workspaceId, runId, entries);
                await using var reader = await command.ExecuteReaderAsync(ct);
                var outcome = await reader.ReadAsync(ct) ? LogOutcome.Of(reader.GetString(0)) : LogOutcome.NoRun;
                // A failure of the commit arrives with the end of the results.
                await reader.NextResultAsync(ct);
                return outcome;
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.DivisionByZero)
            {
                return new(Experiments.Lifecycle.Active, await ChangedAsync(workspaceId, runId, entries, ct));
            }
            catch (PostgresException lost) when (attempt < MaxAttempts && database.IsTransient(lost))
            {
                // The whole statement was rolled back; it is run again.
            }
        }
    }

    private NpgsqlCommand Compose(int workspaceId, string runId, LogEntries entries)
    {
        var parts = PartsOf(entries);
        var isOne = parts == LogParts.Metrics && entries.Metrics.Length == 1;
        var command = database.Source.CreateCommand(isOne ? PostgresLogStatement.OneMetric : PostgresLogStatement.Of(parts));
        var parameters = command.Parameters;
        Add(parameters, workspaceId);
        Add(parameters, runId);
        if (isOne)
        {
            AddPoint(parameters, entries.Metrics[0]);
            return command;
        }

        if (entries.Metrics.Length > 0)
        {
            AddPoints(parameters, entries.Metrics);
            AddPoints(parameters, System.Array.ConvertAll(entries.Latest, latest => latest.Point));
            parameters.Add(Array(System.Array.ConvertAll(entries.Latest, latest => latest.FirstTimestamp), NpgsqlDbType.Bigint));
            parameters.Add(Array(System.Array.ConvertAll(entries.Latest, latest => latest.FirstStep), NpgsqlDbType.Bigint));
        }

        if (entries.Params.Length > 0)
            AddPairs(parameters, entries.Params);
        if (entries.Tags.Length > 0)
            AddPairs(parameters, entries.Tags);
        if (entries.RunName is { } name)
            Add(parameters, name);
        if (entries.ModelMetrics.Length > 0)
            AddModelPoints(parameters, entries.ModelMetrics);
        return command;
    }

    private static LogParts PartsOf(LogEntries entries)
    {
        var parts = LogParts.None;
        if (entries.Metrics.Length > 0)
            parts |= LogParts.Metrics;
        if (entries.Params.Length > 0)
            parts |= LogParts.Params;
        if (entries.Tags.Length > 0)
            parts |= LogParts.Tags;
        if (entries.RunName is not null)
            parts |= LogParts.RunName;
        if (entries.ModelMetrics.Length > 0)
            parts |= LogParts.ModelMetrics;
        return parts;
    }

    private async Task<IReadOnlyList<ChangedParam>> ChangedAsync(int workspaceId, string runId, LogEntries entries, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("""
            SELECT p.key, p.value, given.value FROM runs r JOIN params p ON p.run_key = r.run_key
            JOIN unnest($3::text[], $4::text[]) given (key, value) ON given.key = p.key
            WHERE r.workspace_id = $1 AND r.run_id = $2 AND p.value <> given.value ORDER BY p.key
            """);
        Add(command.Parameters, workspaceId);
        Add(command.Parameters, runId);
        AddPairs(command.Parameters, entries.Params);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var changed = new List<ChangedParam>();
        while (await reader.ReadAsync(ct))
            changed.Add(new(reader.GetString(0), reader.GetString(1), reader.GetString(2)));
        return changed;
    }

    private async Task<string?> StageAsync(int workspaceId, string runId, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand(PostgresLogStatement.Of(LogParts.None));
        Add(command.Parameters, workspaceId);
        Add(command.Parameters, runId);
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private async Task<string?> MissingModelAsync(int workspaceId, ModelMetricEntry[] metrics, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("""
            SELECT m.id FROM unnest($2::text[]) m (id)
            WHERE NOT EXISTS (SELECT 1 FROM logged_models WHERE workspace_id = $1 AND model_id = m.id) LIMIT 1
            """);
        Add(command.Parameters, workspaceId);
        command.Parameters.Add(Array(metrics.Select(metric => metric.ModelId).Distinct().ToArray(), NpgsqlDbType.Text));
        return await command.ExecuteScalarAsync(ct) as string;
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, T value) => parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static void AddPairs(NpgsqlParameterCollection parameters, KeyValuePair<string, string>[] pairs)
    {
        parameters.Add(Array(System.Array.ConvertAll(pairs, pair => pair.Key), NpgsqlDbType.Text));
        parameters.Add(Array(System.Array.ConvertAll(pairs, pair => pair.Value), NpgsqlDbType.Text));
    }

    private static void AddPoint(NpgsqlParameterCollection parameters, MetricEntry point)
    {
        Add(parameters, point.Key);
        Add(parameters, point.Timestamp);
        Add(parameters, point.Step);
        Add(parameters, point.Value);
        Add(parameters, point.IsNan);
    }

    private static void AddPoints(NpgsqlParameterCollection parameters, MetricEntry[] points)
    {
        parameters.Add(Array(System.Array.ConvertAll(points, point => point.Key), NpgsqlDbType.Text));
        parameters.Add(Array(System.Array.ConvertAll(points, point => point.Timestamp), NpgsqlDbType.Bigint));
        parameters.Add(Array(System.Array.ConvertAll(points, point => point.Step), NpgsqlDbType.Bigint));
        parameters.Add(Array(System.Array.ConvertAll(points, point => point.Value), NpgsqlDbType.Double));
        parameters.Add(Array(System.Array.ConvertAll(points, point => point.IsNan), NpgsqlDbType.Boolean));
    }

    private static void AddModelPoints(NpgsqlParameterCollection parameters, ModelMetricEntry[] metrics)
    {
        AddPoints(parameters, System.Array.ConvertAll(metrics, metric => metric.Point));
        parameters.Add(Array(System.Array.ConvertAll(metrics, metric => metric.ModelId), NpgsqlDbType.Text));
        parameters.Add(Array(System.Array.ConvertAll(metrics, metric => metric.DatasetName), NpgsqlDbType.Text));
        parameters.Add(Array(System.Array.ConvertAll(metrics, metric => metric.DatasetDigest), NpgsqlDbType.Text));
    }

    private static NpgsqlParameter<T[]> Array<T>(T[] values, NpgsqlDbType type) =>
        new() { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };
}
