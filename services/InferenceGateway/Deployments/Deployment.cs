namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>Models that are to be served under one name; the spec is JSON, and what is asked for often is a column too.</summary>
public sealed class Deployment
{
    public long DeploymentKey { get; private set; }

    public int WorkspaceId { get; set; }

    /// <summary>Unique in the workspace.</summary>
    public required string Name { get; set; }

    public required string Pool { get; set; }

    public required string Spec { get; set; }

    /// <summary>Rises with every change of the spec or of a target; begins at 1.</summary>
    public long Generation { get; set; }

    /// <summary>How often somebody asked to try again what could not be served.</summary>
    public int Retries { get; set; }

    /// <summary>Somebody unloaded it: no replica holds it until somebody loads it again.</summary>
    public bool Suspended { get; set; }

    /// <summary>Why it is not on as many replicas as it should be, for people; null when it is.</summary>
    public string? Unplaced { get; set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    public string? CreatedBy { get; init; }

    /// <inheritdoc cref="CreatedAt"/>
    public long UpdatedAt { get; set; }

    public string? UpdatedBy { get; set; }
}

/// <summary>The version that a variant of the registry serves.</summary>
public sealed class DeploymentTarget
{
    public long DeploymentKey { get; init; }

    public required string Variant { get; init; }

    /// <summary>Name of the registered model.</summary>
    public required string Model { get; set; }

    /// <summary>The alias that is followed; null where the spec names a version.</summary>
    public string? Alias { get; set; }

    public int Version { get; set; }

    /// <summary>The version of the same model before, which a rollback goes back to.</summary>
    public int? PreviousVersion { get; set; }

    /// <summary>Bytes of the files of <see cref="Version"/>, or of the version before it; null while the registry has not said.</summary>
    public long? FileBytes { get; set; }

    /// <summary>Most memory that <see cref="Version"/> took on a replica, in bytes; null before it was loaded.</summary>
    public long? MemoryBytes { get; set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long MovedAt { get; set; }

    /// <summary>Somebody went back to an earlier version; it stays until the alias moves or the spec names another.</summary>
    public bool RolledBack { get; set; }

    /// <summary>
    /// The registry was not asked again since the target was resolved. An alias that moved between its resolution and the
    /// commit was announced to nobody who knew the target.
    /// </summary>
    public bool Unconfirmed { get; set; }
}
