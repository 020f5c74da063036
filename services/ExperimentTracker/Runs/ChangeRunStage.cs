using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>Deletes and restores a run; repeating either changes nothing but the time of deletion.</summary>
internal static class ChangeRunStage
{
    internal static readonly MessageSchema Schema = new(RunLookup.IdField, RunLookup.LegacyIdField);

    public static Task Delete(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct) =>
        HandleAsync(http, db, workspaces, Lifecycle.Deleted, clock.NowMilliseconds(), ct);

    public static Task Restore(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct) =>
        HandleAsync(http, db, workspaces, Lifecycle.Active, deletedTime: null, ct);

    private static async Task HandleAsync(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, string stage, long? deletedTime, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, request.RunId(), ct);
        await db.WriteAsync(async token =>
        {
            var run = await db.FindRunAsync(workspace, request.RunId(), token);
            run.LifecycleStage = stage;
            run.DeletedTime = deletedTime;
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
