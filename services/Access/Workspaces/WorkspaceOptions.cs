namespace MlopsPlane.Access.Workspaces;

/// <summary>Section <c>Workspaces</c>.</summary>
public sealed class WorkspaceOptions
{
    /// <summary>Make a workspace when it is named for the first time, instead of answering 404.</summary>
    public bool AutoCreate { get; set; }
}
