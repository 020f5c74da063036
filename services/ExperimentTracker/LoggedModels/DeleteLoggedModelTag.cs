using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class DeleteLoggedModelTag
{
    public static async Task Handle(
        HttpContext http, string modelId, string tagKey, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        await db.WriteAsync(async token =>
        {
            var model = await db.LoggedModelAsync(workspace, modelId, token);
            var deleted = await db.Set<LoggedModelTag>().Where(tag => tag.ModelKey == model.ModelKey && tag.Key == tagKey).ExecuteDeleteAsync(token);
            if (deleted == 0)
                throw MlflowErrors.Missing($"No tag with key {PythonText.Repr(tagKey)} found for model with ID {PythonText.Repr(modelId)}.");
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
