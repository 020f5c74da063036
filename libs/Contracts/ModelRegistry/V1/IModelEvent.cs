namespace MlopsPlane.Contracts.ModelRegistry.V1;

/// <summary>Something happened to a registered model; the aggregate is <c>model:{workspace}/{model}</c>.</summary>
[EventKind("model")]
public interface IModelEvent : IEvent;
