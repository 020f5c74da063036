namespace MlopsPlane.Contracts.InferenceGateway.V1;

/// <summary>Something happened to a deployment; the aggregate is <c>deployment:{workspace}/{deployment}</c>.</summary>
[EventKind("deployment")]
public interface IDeploymentEvent : IEvent;
