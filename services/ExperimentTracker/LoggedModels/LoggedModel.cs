using MlopsPlane.ExperimentTracker.Experiments;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

/// <summary>A model as a training run left it, before and apart from its registration.</summary>
public sealed class LoggedModel
{
    public long ModelKey { get; private set; }

    public int WorkspaceId { get; init; }

    /// <summary>The id that clients see: <c>m-</c> and 32 hex digits.</summary>
    public required string ModelId { get; init; }

    public long ExperimentKey { get; init; }

    public required string Name { get; init; }

    public required string ArtifactUri { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long CreationTime { get; init; }

    /// <inheritdoc cref="CreationTime"/>
    public long LastUpdateTime { get; set; }

    /// <summary>LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED.</summary>
    public required string Status { get; set; }

    public string? StatusMessage { get; set; }

    public string LifecycleStage { get; set; } = Lifecycle.Active;

    public string? ModelType { get; init; }

    public string? SourceRunId { get; init; }
}

public sealed class LoggedModelTag
{
    public long ModelKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}

public sealed class LoggedModelParam
{
    public long ModelKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }
}

/// <summary>A metric that was logged with a model id.</summary>
public sealed class LoggedModelMetric
{
    public long ModelKey { get; init; }

    public required string Key { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long Timestamp { get; init; }

    public long Step { get; init; }

    public double Value { get; init; }

    public bool IsNan { get; init; }

    /// <summary>The run that logged it.</summary>
    public required string RunId { get; init; }

    public string? DatasetName { get; init; }

    public string? DatasetDigest { get; init; }
}
