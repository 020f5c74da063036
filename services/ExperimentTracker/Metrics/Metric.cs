namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>One logged value; the whole row is its identity, so repeating it changes nothing.</summary>
public sealed class Metric
{
    public long RunKey { get; init; }

    public required string Key { get; init; }

    /// <summary>Milliseconds since 1970 UTC, not negative.</summary>
    public long Timestamp { get; init; }

    public long Step { get; init; }

    /// <summary>0 when <see cref="IsNan"/>; infinities are stored as the largest finite doubles, as MLflow does.</summary>
    public double Value { get; init; }

    public bool IsNan { get; init; }
}

/// <summary>The value with the greatest (step, timestamp, value) of a run's key.</summary>
public sealed class LatestMetric
{
    public long RunKey { get; init; }

    public required string Key { get; init; }

    public double Value { get; set; }

    public long Timestamp { get; set; }

    public long Step { get; set; }

    public bool IsNan { get; set; }

    /// <summary>Repeated from the run, so that one index serves "runs of this experiment by this metric".</summary>
    public long ExperimentKey { get; init; }

    /// <summary>
    /// Timestamp of the point before which the history's chunks tell all that there is: they hold for the points before
    /// (<see cref="ChunkedTimestamp"/>, <see cref="ChunkedStep"/>). Every write moves it back to its own first point, so
    /// that a point that comes late makes the chunks after it void. Null on rows of a version that knew no chunks.
    /// </summary>
    public long? ChunkedTimestamp { get; set; }

    /// <inheritdoc cref="ChunkedTimestamp"/>
    public long? ChunkedStep { get; set; }
}
