namespace MlopsPlane.Contracts.Access;

/// <summary>The other services' question to Access: may this workspace be used?</summary>
public interface IWorkspaceDirectory
{
    /// <summary>True when the workspace exists, or was made now because <c>Workspaces:AutoCreate</c> is on.</summary>
    Task<bool> EnsureAsync(string workspace, CancellationToken ct);
}
