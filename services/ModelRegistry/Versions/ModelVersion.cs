namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>One numbered version of a registered model.</summary>
public sealed class ModelVersion
{
    public long ModelKey { get; init; }

    public int Version { get; init; }

    public int WorkspaceId { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    /// <inheritdoc cref="CreatedAt"/>
    public long UpdatedAt { get; set; }

    public string? Description { get; set; }

    /// <summary>One of <see cref="Stage"/>; <see cref="Stage.Deleted"/> marks a version that is gone for its users.</summary>
    public required string CurrentStage { get; set; }

    /// <summary>What the client named.</summary>
    public required string Source { get; set; }

    /// <summary>Where the files are, when the source is a reference to a model; else the source itself.</summary>
    public required string StorageLocation { get; set; }

    public string? RunId { get; set; }

    public string? RunLink { get; set; }

    /// <summary>The logged model that it was registered from.</summary>
    public string? LoggedModelId { get; set; }

    /// <summary>
    /// Marks the version as deleted. Its row stays, so that the number is never given again, without what could tell
    /// where the model came from.
    /// </summary>
    public void Delete(long now)
    {
        CurrentStage = Stage.Deleted;
        UpdatedAt = now;
        Description = null;
        Source = "REDACTED-SOURCE-PATH";
        StorageLocation = "REDACTED-SOURCE-PATH";
        RunId = "REDACTED-RUN-ID";
        RunLink = "REDACTED-RUN-LINK";
        LoggedModelId = null;
    }
}

/// <summary>A tag of a model version.</summary>
public sealed class VersionTag
{
    public long ModelKey { get; init; }

    public int Version { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}
