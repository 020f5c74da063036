namespace MlopsPlane.Contracts.Access.V1;

/// <summary>A fact about somebody who holds grants; its aggregate is <c>subject:user:alice</c>.</summary>
[EventKind("subject")]
public interface ISubjectEvent : IEvent;
