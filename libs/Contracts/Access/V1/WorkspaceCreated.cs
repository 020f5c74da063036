namespace MlopsPlane.Contracts.Access.V1;

/// <summary>A workspace exists from now on.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Description">What its administrator wrote about it, if anything.</param>
/// <param name="CreatedAt">When, UTC.</param>
public sealed record WorkspaceCreated(string Workspace, string? Description, DateTimeOffset CreatedAt) : IWorkspaceEvent
{
    public string Aggregate => $"workspace:{Workspace}";
}
