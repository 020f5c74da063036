using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class FinalizeLoggedModel
{
    internal static readonly MessageSchema Schema = new(
        Field.String("model_id", Check.Required, Check.String),
        Field.Enum("status", LoggedModelRules.Status, Check.Required, Check.IntLike));

    public static async Task Handle(
        HttpContext http, string modelId, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var status = request.Enum("status", LoggedModelRules.Status);
        if (status is null or "LOGGED_MODEL_STATUS_UNSPECIFIED")
            throw MlflowErrors.Invalid("Invalid model status: UNSPECIFIED. Expected one of LOGGED_MODEL_PENDING, LOGGED_MODEL_READY, LOGGED_MODEL_UPLOAD_FAILED.");
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        await db.WriteAsync(async token =>
        {
            var model = await db.LoggedModelAsync(workspace, modelId, token);
            (model.Status, model.LastUpdateTime) = (status, clock.NowMilliseconds());
        }, ct);
        await LoggedModelJson.WriteAsync(http, (await db.FindLoggedModelAsync(workspace, modelId, alsoDeleted: true, ct))!);
    }
}
