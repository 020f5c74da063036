namespace MlopsPlane.Access.Workspaces;

/// <summary>A space of its own for experiments, models and artifacts.</summary>
public sealed class Workspace
{
    public required string Name { get; init; }

    public string? Description { get; set; }

    /// <summary>Where new experiments put their artifacts; null for the workspace's part of the product's own store.</summary>
    public string? DefaultArtifactRoot { get; set; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }
}
