namespace MlopsPlane.ModelRegistry.Models;

/// <summary>A named line of model versions.</summary>
public sealed class RegisteredModel
{
    public long ModelKey { get; private set; }

    public int WorkspaceId { get; init; }

    /// <summary>Unique in the workspace.</summary>
    public required string Name { get; set; }

    public string? Description { get; set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    /// <inheritdoc cref="CreatedAt"/>
    public long UpdatedAt { get; set; }

    /// <summary>The highest version number ever given, deleted ones included: numbers are never used again.</summary>
    public int LastVersion { get; private set; }
}

/// <summary>A tag of a registered model.</summary>
public sealed class ModelTag
{
    public long ModelKey { get; init; }

    public required string Key { get; init; }

    public required string Value { get; set; }
}
