using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>Deletes and restores an experiment; all its runs follow.</summary>
internal static class ChangeExperimentStage
{
    internal static readonly MessageSchema Schema = new(Field.Id("experiment_id", Check.Required, Check.String));

    public static Task Delete(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct) =>
        HandleAsync(http, db, workspaces, clock, Lifecycle.Active, Lifecycle.Deleted, ct);

    public static Task Restore(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct) =>
        HandleAsync(http, db, workspaces, clock, Lifecycle.Deleted, Lifecycle.Active, ct);

    private static async Task HandleAsync(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, string from, string to, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var workspace = await workspaces.ResolveAsync(http);
        var now = clock.NowMilliseconds();
        await db.WriteAsync(async token =>
        {
            var experiment = await db.FindInStageAsync(workspace, request.String("experiment_id"), from, http.NameGate(), token);
            experiment.LifecycleStage = to;
            experiment.LastUpdateTime = now;
            long? deleted = to == Lifecycle.Deleted ? now : null;
            await db.Set<Run>().Where(run => run.ExperimentKey == experiment.ExperimentKey)
                .ExecuteUpdateAsync(run => run.SetProperty(row => row.LifecycleStage, to).SetProperty(row => row.DeletedTime, deleted), token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
