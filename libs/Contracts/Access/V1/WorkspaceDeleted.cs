namespace MlopsPlane.Contracts.Access.V1;

/// <summary>A workspace is gone; its name may come back as another workspace.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="DeletedAt">When, UTC.</param>
/// <param name="MovedTo">The workspace that everything in it belongs to from now on; null when all that went with it.</param>
public sealed record WorkspaceDeleted(string Workspace, DateTimeOffset DeletedAt, string? MovedTo = null) : IWorkspaceEvent
{
    public string Aggregate => $"workspace:{Workspace}";
}
