using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Lineage;

/// <summary>
/// Refreshes what is known of a run when it ends. Only of runs that a version came from: the registry does not mirror
/// the tracker. A run that ends before its model is registered is asked for then.
/// </summary>
internal sealed class LearnFromRuns(RegistryDb db, RunLearner learner) : IEventHandler<RunFinished>
{
    public async Task HandleAsync(RunFinished fact, CancellationToken ct)
    {
        var workspaceId = await db.Set<WorkspaceRow>().Where(row => row.Name == fact.Workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);
        if (workspaceId != 0 && await db.Versions.AnyAsync(row => row.WorkspaceId == workspaceId && row.RunId == fact.RunId, ct))
            await learner.LearnAsync(workspaceId, fact, ct);
    }
}
