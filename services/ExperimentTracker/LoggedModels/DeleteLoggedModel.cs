using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class DeleteLoggedModel
{
    public static async Task Handle(
        HttpContext http, string modelId, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        await db.WriteAsync(async token =>
        {
            var model = await db.LoggedModelAsync(workspace, modelId, token);
            (model.LifecycleStage, model.LastUpdateTime) = (Lifecycle.Deleted, clock.NowMilliseconds());
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
