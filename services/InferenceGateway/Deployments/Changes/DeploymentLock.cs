using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Changes;

/// <summary>Serialises the changes of one deployment.</summary>
internal static class DeploymentLock
{
    /// <summary>Locks the deployment's row until the end of the transaction.</summary>
    /// <exception cref="PlaneException">404: there is no such deployment.</exception>
    public static async Task<Deployment> TakeAsync(this InferenceDb db, int workspaceId, string name, CancellationToken ct)
    {
        // An update that changes nothing takes the row lock on PostgreSQL, and is plain SQL for SQLite too.
        var locked = await db.Deployments.Where(row => row.WorkspaceId == workspaceId && row.Name == name)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Generation, row => row.Generation), ct);
        return locked == 0 ? throw NotFound(name) : await db.Deployments.SingleAsync(row => row.WorkspaceId == workspaceId && row.Name == name, ct);
    }

    /// <inheritdoc cref="TakeAsync(InferenceDb, int, string, CancellationToken)"/>
    /// <returns>Null when there is none any more.</returns>
    public static async Task<Deployment?> TryTakeAsync(this InferenceDb db, long key, CancellationToken ct)
    {
        var locked = await db.Deployments.Where(row => row.DeploymentKey == key)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Generation, row => row.Generation), ct);
        return locked == 0 ? null : await db.Deployments.SingleAsync(row => row.DeploymentKey == key, ct);
    }

    /// <summary>The deployment as it is, to look at.</summary>
    /// <exception cref="PlaneException">404: there is no such deployment.</exception>
    public static async Task<Deployment> GetAsync(this InferenceDb db, int workspaceId, string name, CancellationToken ct) =>
        await db.Deployments.AsNoTracking().SingleOrDefaultAsync(row => row.WorkspaceId == workspaceId && row.Name == name, ct) ?? throw NotFound(name);

    public static Task<List<DeploymentTarget>> TargetsOfAsync(this InferenceDb db, Deployment deployment, CancellationToken ct) =>
        db.Targets.Where(row => row.DeploymentKey == deployment.DeploymentKey).OrderBy(row => row.Variant).ToListAsync(ct);

    public static PlaneException NotFound(string name) =>
        PlaneError.NotFound("deployment_not_found", $"There is no deployment '{name}' in this workspace.").ToException();
}
