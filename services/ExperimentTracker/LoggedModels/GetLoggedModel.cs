using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class GetLoggedModel
{
    internal static readonly MessageSchema Schema = new(Field.Bool("allow_deleted"));

    public static async Task Handle(HttpContext http, string modelId, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        var model = await db.FindLoggedModelAsync(workspace, modelId, request.Bool("allow_deleted") ?? false, ct)
            ?? throw LoggedModelRules.NotFound(modelId);
        await LoggedModelJson.WriteAsync(http, model);
    }
}
