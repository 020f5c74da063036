namespace MlopsPlane.InferenceGateway.Deployments.Desired;

/// <summary>What every replica is to serve.</summary>
internal interface IDesiredState
{
    /// <summary>
    /// All deployments of all workspaces as they are in the database now, by their keys. Whoever waits for
    /// <see cref="Changes.DeploymentsChanged"/> hears of a change within about a second, whichever replica made it.
    /// </summary>
    Task<IReadOnlyList<DesiredDeployment>> ReadAsync(CancellationToken ct);
}
