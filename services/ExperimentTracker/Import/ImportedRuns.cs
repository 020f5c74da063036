using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>Finds the run of an origin, and the id that it is to get.</summary>
internal static class ImportedRuns
{
    /// <summary>The workspace's run that came from the origin; null when there is none.</summary>
    public static async Task<Run?> FindImportedAsync(this TrackerDb db, int workspaceId, ImportOrigin origin, CancellationToken ct)
    {
        string[] ids = [origin.Id, origin.Replacement(workspaceId)];
        return await db.Set<Run>().Where(run => run.WorkspaceId == workspaceId && ids.Contains(run.RunId))
            .Where(run => db.Set<RunTag>().Any(tag => tag.RunKey == run.RunKey && tag.Key == ImportOrigin.Tag && tag.Value == origin.Text))
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>
    /// The origin's own id when no workspace has a run of it, since events name a run by its id alone; else another one.
    /// The id stays this transaction's until it ends.
    /// </summary>
    public static async Task<string> FreeRunIdAsync(this TrackerDb db, int workspaceId, ImportOrigin origin, CancellationToken ct)
    {
        foreach (var id in origin.HasRunId ? [origin.Id, origin.Replacement(workspaceId)] : new[] { origin.Replacement(workspaceId) })
        {
            await db.LockNewIdAsync(id, ct);
            // By way of the workspaces, so that the index that begins with them is of use.
            if (!await db.Set<WorkspaceRow>().AnyAsync(workspace => db.Set<Run>().Any(run => run.WorkspaceId == workspace.Id && run.RunId == id), ct))
                return id;
        }

        throw PlaneError.Conflict("run_id_taken", $"No id is free for the run '{origin.Id}'.").ToException();
    }
}
