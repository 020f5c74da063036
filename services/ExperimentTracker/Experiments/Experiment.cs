namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>A named collection of runs within a workspace.</summary>
public sealed class Experiment
{
    /// <summary>The service's own key; every table of the experiment's content carries it.</summary>
    public long ExperimentKey { get; private set; }

    public int WorkspaceId { get; init; }

    /// <summary>The id that clients see: 0, 1, 2, ... within the workspace; 0 is Default.</summary>
    public long ExperimentId { get; init; }

    public required string Name { get; set; }

    public required string ArtifactLocation { get; set; }

    /// <summary><c>active</c> or <c>deleted</c>.</summary>
    public string LifecycleStage { get; set; } = Lifecycle.Active;

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long CreationTime { get; init; }

    /// <inheritdoc cref="CreationTime"/>
    public long LastUpdateTime { get; set; }
}

public sealed class ExperimentTag
{
    public long ExperimentKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}

/// <summary>The last experiment id that a workspace gave out; ids of deleted experiments are not used again.</summary>
public sealed class ExperimentCounter
{
    public int WorkspaceId { get; init; }

    public long Last { get; set; }
}

/// <summary>The two stages of experiments, runs and logged models.</summary>
public static class Lifecycle
{
    public const string Active = "active";
    public const string Deleted = "deleted";
}
