namespace MlopsPlane.Contracts.Access.V1;

/// <summary>A workspace is gone with all that was in it; its name may come back as another workspace.</summary>
public sealed record WorkspaceDeleted(string Workspace, DateTimeOffset DeletedAt) : IEvent
{
    public string Aggregate => $"workspace:{Workspace}";
}
