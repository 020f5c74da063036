namespace MlopsPlane.Contracts.Access;

/// <summary>The other services' questions to Access about a workspace.</summary>
public interface IWorkspaceDirectory
{
    /// <summary>True when the workspace exists, or was made now because <c>Workspaces:AutoCreate</c> is on.</summary>
    Task<bool> EnsureAsync(string workspace, CancellationToken ct);

    /// <summary>
    /// The artifact root that the workspace's new experiments lie under, as its administrator set it; null where they
    /// lie in the workspace's own part of the product's store.
    /// </summary>
    Task<string?> ArtifactRootAsync(string workspace, CancellationToken ct);
}
