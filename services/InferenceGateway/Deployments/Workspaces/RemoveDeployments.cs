using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Workspaces;

/// <summary>
/// Removes the deployments of a deleted workspace and what happened to them. Replicas have let go of them before: what is to
/// be served leaves out workspaces that are gone.
/// </summary>
internal sealed class RemoveDeployments : IWorkspaceRemover<InferenceDb>
{
    private const int DeploymentsAtOnce = 50;
    private const int EventsAtOnce = 500;

    public async Task<bool> RemoveSomeAsync(InferenceDb db, int workspaceId, CancellationToken ct)
    {
        var keys = await db.Deployments.Where(row => row.WorkspaceId == workspaceId).OrderBy(row => row.DeploymentKey).Take(DeploymentsAtOnce)
            .Select(row => row.DeploymentKey).ToListAsync(ct);
        var events = await db.Events.Where(row => row.WorkspaceId == workspaceId).OrderBy(row => row.EventId).Take(EventsAtOnce)
            .Select(row => row.EventId).ToListAsync(ct);
        await db.ReplicaStates.Where(state => keys.Contains(state.DeploymentKey)).ExecuteDeleteAsync(ct);
        await db.Deployments.Where(row => keys.Contains(row.DeploymentKey)).ExecuteDeleteAsync(ct);
        await db.Events.Where(row => events.Contains(row.EventId)).ExecuteDeleteAsync(ct);
        return keys.Count > 0 || events.Count > 0;
    }
}
