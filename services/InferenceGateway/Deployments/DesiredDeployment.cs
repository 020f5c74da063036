namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>A deployment as every replica of its pool should serve it.</summary>
/// <param name="Key">Key of its row.</param>
/// <param name="Generation">Rises with every change of what is wanted, an alias that moved included.</param>
/// <param name="Targets">Which version each variant of the registry serves, by the variant's name.</param>
/// <param name="Retries">How often somebody asked to try again what could not be served.</param>
internal sealed record DesiredDeployment(
    long Key, string Workspace, long Generation, DeploymentSpec Spec, IReadOnlyDictionary<string, VariantTarget> Targets, int Retries = 0);

/// <param name="Model">Name of the registered model.</param>
/// <param name="Version">The version to serve.</param>
/// <param name="Previous">The version before, which a rollback goes back to; null when there is none.</param>
internal sealed record VariantTarget(string Model, int Version, int? Previous);
