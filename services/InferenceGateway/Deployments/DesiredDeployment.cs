namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>A deployment as every replica of its pool should serve it.</summary>
/// <param name="Key">Key of its row.</param>
/// <param name="Generation">Rises with every change of what is wanted, an alias that moved included.</param>
/// <param name="Targets">Which version each variant of the registry serves, by the variant's name.</param>
/// <param name="Retries">How often somebody asked to try again what could not be served.</param>
internal sealed record DesiredDeployment(
    long Key, string Workspace, long Generation, DeploymentSpec Spec, IReadOnlyDictionary<string, VariantTarget> Targets, int Retries = 0)
{
    /// <summary>The replicas that hold it, or are to.</summary>
    public IReadOnlyList<Holder> Holders { get; init; } = [];

    /// <inheritdoc cref="Deployment.Suspended"/>
    public bool Suspended { get; init; }

    /// <inheritdoc cref="Deployment.Unplaced"/>
    public string? Unplaced { get; init; }
}

/// <summary>A replica that a deployment is assigned to.</summary>
/// <param name="Replica">The replica's id.</param>
/// <param name="Url">Where it is reached over HTTP; empty while it does not listen.</param>
/// <param name="GrpcUrl">The same over gRPC; null where it speaks none.</param>
/// <param name="Ready">It is alive and answers requests to every variant.</param>
/// <param name="EvictedAt">When its memory was needed there for another deployment. Microseconds since 1970 UTC.</param>
internal sealed record Holder(string Replica, string Url, string? GrpcUrl, bool Ready, long? EvictedAt = null);

/// <param name="Model">Name of the registered model.</param>
/// <param name="Version">The version to serve.</param>
/// <param name="Previous">The version before, which a rollback goes back to; null when there is none.</param>
internal sealed record VariantTarget(string Model, int Version, int? Previous);
