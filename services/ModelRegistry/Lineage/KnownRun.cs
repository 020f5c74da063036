namespace MlopsPlane.ModelRegistry.Lineage;

/// <summary>What the registry has learnt of a run that one of its versions came from.</summary>
public sealed class KnownRun
{
    /// <summary>Marks by <see cref="LearntAt"/> what was learnt of a run that has moved since.</summary>
    public const long Stale = 0;

    public int WorkspaceId { get; init; }

    public required string RunId { get; init; }

    public required string ExperimentId { get; set; }

    public required string RunName { get; set; }

    public required string Status { get; set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long StartTime { get; set; }

    /// <inheritdoc cref="StartTime"/>
    public long? EndTime { get; set; }

    /// <summary>When it was learnt. Microseconds since 1970 UTC.</summary>
    public long LearntAt { get; set; }
}

/// <summary>The latest value of a metric of a known run.</summary>
public sealed class KnownMetric
{
    public int WorkspaceId { get; init; }

    public required string RunId { get; init; }

    public required string Key { get; init; }

    public double Value { get; init; }
}

/// <summary>A dataset that a known run read.</summary>
public sealed class KnownDataset
{
    public int WorkspaceId { get; init; }

    public required string RunId { get; init; }

    public int Position { get; init; }

    public required string Name { get; init; }

    public required string Digest { get; init; }

    public required string SourceType { get; init; }

    /// <summary>What the run used it for: training, evaluation, ...</summary>
    public string? Context { get; init; }
}
