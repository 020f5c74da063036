namespace MlopsPlane.Contracts.Access.V1;

/// <summary>Something happened to a workspace; the aggregate is <c>workspace:{name}</c>.</summary>
[EventKind("workspace")]
public interface IWorkspaceEvent : IEvent;
