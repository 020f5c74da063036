using MlopsPlane.ExperimentTracker.Experiments;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>One execution of training or evaluation code.</summary>
public sealed class Run
{
    /// <summary>The service's own key; eight bytes in every metric row instead of the id's thirty-two.</summary>
    public long RunKey { get; private set; }

    public int WorkspaceId { get; init; }

    /// <summary>The id that clients see: 32 lower-case hex digits.</summary>
    public required string RunId { get; init; }

    public long ExperimentKey { get; init; }

    public required string Name { get; set; }

    public required string UserId { get; init; }

    /// <summary>RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.</summary>
    public required string Status { get; set; }

    /// <summary>Milliseconds since 1970 UTC, as the client gave it.</summary>
    public long StartTime { get; init; }

    /// <inheritdoc cref="StartTime"/>
    public long? EndTime { get; set; }

    public required string ArtifactUri { get; init; }

    public string LifecycleStage { get; set; } = Lifecycle.Active;

    /// <summary>When it was deleted, in milliseconds since 1970 UTC; retention counts from it.</summary>
    public long? DeletedTime { get; set; }
}

public sealed class Param
{
    public long RunKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; init; }

    /// <summary>Repeated from the run, so that one index serves "runs of this experiment with this value".</summary>
    public long ExperimentKey { get; init; }
}

public sealed class RunTag
{
    public long RunKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }

    /// <inheritdoc cref="Param.ExperimentKey"/>
    public long ExperimentKey { get; init; }
}
