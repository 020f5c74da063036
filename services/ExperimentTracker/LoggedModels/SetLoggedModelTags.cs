using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.LoggedModels;

internal static class SetLoggedModelTags
{
    internal static readonly MessageSchema Schema = new(Field.Messages("tags", LoggedModelRules.Pair, Check.Array));

    public static async Task Handle(HttpContext http, string modelId, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var tags = LoggedModelRules.ReadPairs(await MlflowRequest.ReadAsync(http, Schema), "tags");
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        await db.WriteAsync(async token =>
        {
            var model = await db.LoggedModelAsync(workspace, modelId, token);
            // In the order of the keys, so that two requests that share tags wait for each other and never deadlock.
            foreach (var (key, value) in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
                await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO logged_model_tags (model_key, key, value) VALUES ({model.ModelKey}, {key}, {value})
                    ON CONFLICT (model_key, key) DO UPDATE SET value = excluded.value
                    """, token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
