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
}
