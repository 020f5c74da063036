namespace MlopsPlane.Contracts.InferenceGateway.V1;

/// <summary>A replica has loaded and warmed a version of a model, and serves it from now on.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Deployment">Name of the deployment.</param>
/// <param name="Variant">Name of the variant.</param>
/// <param name="Model">Name of the registered model.</param>
/// <param name="Version">Number of its version.</param>
/// <param name="Replica">Id of the replica.</param>
/// <param name="Provider">What runs the model's operators: cpu, cuda, or another provider's name.</param>
/// <param name="FallbackReason">Why it is not the provider that was asked for; null when it is.</param>
/// <param name="MemoryBytes">Memory that it takes, as far as is known.</param>
/// <param name="LoadedAt">When the replica told, UTC.</param>
public sealed record ModelLoaded(
    string Workspace, string Deployment, string Variant, string Model, int Version, string Replica, string? Provider, string? FallbackReason,
    long? MemoryBytes, DateTimeOffset LoadedAt) : IDeploymentEvent
{
    public string Aggregate => $"deployment:{Workspace}/{Deployment}";
}
