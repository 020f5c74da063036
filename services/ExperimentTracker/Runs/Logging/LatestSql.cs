namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>What becomes of a key's row in <c>latest_metrics</c> that is there already; the same on both databases.</summary>
internal static class LatestSql
{
    private const string Newer = "(excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)";
    private const string Late =
        "(excluded.chunked_timestamp, excluded.chunked_step) < (latest_metrics.chunked_timestamp, latest_metrics.chunked_step)";

    /// <summary>
    /// Keeps the greater value, and the smaller point up to which chunks hold: a proposed row brings the request's first
    /// point there. The row is locked also when nothing changes, which is what keeps compaction and writers apart.
    /// </summary>
    public const string OnConflict = $"""
        ON CONFLICT (run_key, key) DO UPDATE SET
          timestamp = CASE WHEN {Newer} THEN excluded.timestamp ELSE latest_metrics.timestamp END,
          step = CASE WHEN {Newer} THEN excluded.step ELSE latest_metrics.step END,
          value = CASE WHEN {Newer} THEN excluded.value ELSE latest_metrics.value END,
          is_nan = CASE WHEN {Newer} THEN excluded.is_nan ELSE latest_metrics.is_nan END,
          chunked_timestamp = CASE WHEN {Late} THEN excluded.chunked_timestamp ELSE latest_metrics.chunked_timestamp END,
          chunked_step = CASE WHEN {Late} THEN excluded.chunked_step ELSE latest_metrics.chunked_step END
        WHERE {Newer} OR {Late}
        """;
}
