namespace MlopsPlane.Contracts.InferenceGateway.V1;

/// <summary>What a deployment should serve has changed. The deletion of a whole workspace is told by <c>WorkspaceDeleted</c> alone.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Deployment">Name of the deployment.</param>
/// <param name="Generation">Rises with every change of the deployment; begins at 1.</param>
/// <param name="Change">created, updated, alias-moved, rolled-back, retried, model-renamed, moved (here from another workspace) or deleted.</param>
/// <param name="Variants">What answers under its name from now on; none when it was deleted.</param>
/// <param name="Actor">Who did it, as far as is known.</param>
/// <param name="ChangedAt">When, UTC.</param>
public sealed record DeploymentChanged(
    string Workspace, string Deployment, long Generation, string Change, IReadOnlyList<DeployedVariant> Variants, string? Actor,
    DateTimeOffset ChangedAt) : IDeploymentEvent
{
    public string Aggregate => $"deployment:{Workspace}/{Deployment}";
}

/// <summary>One of the models that answer under a deployment's name.</summary>
/// <param name="Name">Name of the variant.</param>
/// <param name="Model">Name of the registered model; null for a server outside.</param>
/// <param name="Version">Number of its version; null for a server outside.</param>
/// <param name="Weight">Percent of the requests.</param>
/// <param name="Shadow">It gets a copy of every request, and its answers are never returned.</param>
public sealed record DeployedVariant(string Name, string? Model, int? Version, int Weight, bool Shadow);
