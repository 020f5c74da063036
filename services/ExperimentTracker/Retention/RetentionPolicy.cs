namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>How long a workspace keeps what was deleted; without a row it keeps it for good.</summary>
public sealed class RetentionPolicy
{
    public int WorkspaceId { get; init; }

    /// <summary>Days after which deleted runs and experiments are removed with their artifacts.</summary>
    public int DeletedAfterDays { get; set; }
}

/// <summary>Artifacts whose owner is gone and that are still to be deleted from the store.</summary>
public sealed class ArtifactRemoval
{
    public long RemovalKey { get; private set; }

    /// <summary>Name of the workspace in which the address is read.</summary>
    public required string Workspace { get; init; }

    public required string Uri { get; init; }

    /// <summary>Failed attempts so far.</summary>
    public int Attempts { get; set; }

    /// <summary>Not before this instant, in milliseconds since 1970 UTC.</summary>
    public long DueAt { get; set; }
}
