using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary><c>DELETE /api/v1/tracking/runs/{runId}</c>: removes a deleted run and its artifacts for good.</summary>
internal static class RemoveRun
{
    public static async Task<NoContent> Handle(
        string runId, HttpContext http, TrackerDb db, Remover remover, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var run = await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(row => row.WorkspaceId == workspace && row.RunId == runId, ct)
            ?? throw PlaneError.NotFound("run_not_found", $"There is no run '{runId}'.").ToException();
        if (run.LifecycleStage != Lifecycle.Deleted || !await remover.RemoveRunAsync(run.RunKey, ct))
            throw PlaneError.Conflict("run_active", $"The run '{runId}' is active; only a deleted run can be removed for good.").ToException();
        return TypedResults.NoContent();
    }
}
