namespace MlopsPlane.Contracts.Access.V1;

/// <summary>A workspace exists from now on.</summary>
public sealed record WorkspaceCreated(string Workspace, string? Description, DateTimeOffset CreatedAt) : IWorkspaceEvent
{
    public string Aggregate => $"workspace:{Workspace}";
}
