using System.Collections.Concurrent;
using System.Text;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>What a request holds, and so which parts its statement has.</summary>
[Flags]
internal enum LogParts
{
    None = 0,
    Metrics = 1,
    Params = 2,
    Tags = 4,
    RunName = 8,
    ModelMetrics = 16,
}

/// <summary>
/// Builds the one statement that adds a request's entries. All of its parts see the same snapshot, so a run that is
/// deleted meanwhile gets all of the request or nothing, and the answer says which.
/// </summary>
internal static class PostgresLogStatement
{
    /// <summary>
    /// The statement of a request that holds one point and nothing else, by far the most frequent one: without arrays, which
    /// cost more than the rest of it. Parameters: workspace, run id, key, timestamp, step, value, whether it is NaN.
    /// </summary>
    public const string OneMetric = $"""
        WITH r AS (SELECT run_key, experiment_key FROM runs WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active')
        , m AS (INSERT INTO metrics (run_key, key, timestamp, step, value, is_nan)
          SELECT run_key, $3::text, $4::bigint, $5::bigint, $6::float8, $7::bool FROM r ON CONFLICT DO NOTHING)
        , l AS (INSERT INTO latest_metrics (run_key, experiment_key, key, timestamp, step, value, is_nan, chunked_timestamp, chunked_step)
          SELECT run_key, experiment_key, $3, $4, $5, $6, $7, $4, $5 FROM r
          {LatestSql.OnConflict})
        SELECT lifecycle_stage FROM runs WHERE workspace_id = $1 AND run_id = $2
        """;

    private static readonly ConcurrentDictionary<LogParts, string> Texts = new();

    /// <summary>
    /// The statement's text. Its parameters are workspace and run id, then for each part in the order of
    /// <see cref="LogParts"/>: five arrays of points, then five of latest points with two of where each key's points begin; keys and values; keys and values; the name;
    /// five arrays of points and model ids, dataset names and digests. It answers with the run's stage, or nothing when
    /// there is no run, and fails by a division by zero when a param has another value already.
    /// </summary>
    public static string Of(LogParts parts) => Texts.GetOrAdd(parts, Build);

    private static string Build(LogParts parts)
    {
        var text = new StringBuilder("""
            WITH r AS (SELECT run_key, experiment_key FROM runs WHERE workspace_id = $1 AND run_id = $2 AND lifecycle_stage = 'active')
            """);
        var next = 3;
        if (parts.HasFlag(LogParts.Metrics))
            text.Append($"""
                , m AS (INSERT INTO metrics (run_key, key, timestamp, step, value, is_nan)
                  SELECT r.run_key, x.* FROM r, {Points(ref next)} x ON CONFLICT DO NOTHING)
                , l AS (INSERT INTO latest_metrics (run_key, experiment_key, key, timestamp, step, value, is_nan, chunked_timestamp, chunked_step)
                  SELECT r.run_key, r.experiment_key, x.* FROM r, unnest({Types(ref next, "text", "bigint", "bigint", "float8", "bool", "bigint", "bigint")}) x
                  {LatestSql.OnConflict})
                """);
        var refusal = "";
        if (parts.HasFlag(LogParts.Params))
        {
            var given = Pairs(ref next);
            // Writing the old value over itself is what makes the statement see a param that another one added meanwhile.
            text.Append($"""
                , p AS (INSERT INTO params (run_key, experiment_key, key, value)
                  SELECT r.run_key, r.experiment_key, x.* FROM r, {given} x
                  ON CONFLICT (run_key, key) DO UPDATE SET value = params.value RETURNING key, value)
                """);
            // Nothing else can undo a transaction from within without a second round trip.
            refusal = $", 1 / (CASE WHEN EXISTS (SELECT 1 FROM p JOIN {given} given (key, value) ON given.key = p.key AND given.value <> p.value) THEN 0 ELSE 1 END)";
        }

        if (parts.HasFlag(LogParts.Tags))
            text.Append($"""
                , t AS (INSERT INTO tags (run_key, experiment_key, key, value)
                  SELECT r.run_key, r.experiment_key, x.* FROM r, {Pairs(ref next)} x
                  ON CONFLICT (run_key, key) DO UPDATE SET value = excluded.value)
                """);
        if (parts.HasFlag(LogParts.RunName))
            text.Append($", n AS (UPDATE runs SET name = ${next++} FROM r WHERE runs.run_key = r.run_key)");
        if (parts.HasFlag(LogParts.ModelMetrics))
            text.Append($"""
                , g AS (INSERT INTO logged_model_metrics (model_key, key, timestamp, step, value, is_nan, run_id, dataset_name, dataset_digest)
                  SELECT model.model_key, x.key, x.timestamp, x.step, x.value, x.is_nan, $2, x.name, x.digest
                  FROM r, unnest({Types(ref next, "text", "bigint", "bigint", "float8", "bool", "text", "text", "text")})
                    x (key, timestamp, step, value, is_nan, model_id, name, digest)
                  JOIN logged_models model ON model.workspace_id = $1 AND model.model_id = x.model_id
                  ON CONFLICT DO NOTHING)
                """);
        return text.Append($" SELECT lifecycle_stage{refusal} FROM runs WHERE workspace_id = $1 AND run_id = $2").ToString();
    }

    private static string Points(ref int next) => $"unnest({Types(ref next, "text", "bigint", "bigint", "float8", "bool")})";

    private static string Pairs(ref int next) => $"unnest({Types(ref next, "text", "text")})";

    private static string Types(ref int next, params ReadOnlySpan<string> types)
    {
        var arrays = new List<string>(types.Length);
        foreach (var type in types)
            arrays.Add($"${next++}::{type}[]");
        return string.Join(", ", arrays);
    }
}
