namespace MlopsPlane.Contracts.InferenceGateway.V1;

/// <summary>What a deployment used; the aggregate is <c>serving-usage:{workspace}/{deployment}</c>.</summary>
[EventKind("serving-usage")]
public interface IServingUsageEvent : IEvent;
