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

internal static class LogLoggedModelParams
{
    internal static readonly MessageSchema Schema = new(
        Field.String("model_id", Check.Required, Check.String),
        Field.Messages("params", LoggedModelRules.Pair, Check.Array));

    public static async Task Handle(HttpContext http, string modelId, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var parameters = LoggedModelRules.ReadPairs(await MlflowRequest.ReadAsync(http, Schema), "params");
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireModelsAsync(workspace, [modelId], ct);
        await db.WriteAsync(async token =>
        {
            var model = await db.LoggedModelAsync(workspace, modelId, token);
            foreach (var (key, value) in parameters.OrderBy(param => param.Key, StringComparer.Ordinal))
            {
                // A param keeps its first value, so a repeated request finds what it wrote and changes nothing.
                var added = await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO logged_model_params (model_key, key, value) VALUES ({model.ModelKey}, {key}, {value}) ON CONFLICT (model_key, key) DO NOTHING
                    """, token);
                if (added == 0)
                    await CheckUnchangedAsync(db, model, key, value, token);
            }
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }

    private static async Task CheckUnchangedAsync(TrackerDb db, LoggedModel model, string key, string value, CancellationToken ct)
    {
        var old = await db.Set<LoggedModelParam>().AsNoTracking()
            .Where(param => param.ModelKey == model.ModelKey && param.Key == key).Select(param => param.Value).SingleAsync(ct);
        if (old != value)
            throw MlflowErrors.Invalid(
                $"Changing param values is not allowed. Param with key='{key}' was already logged with value='{old}' for model ID='{model.ModelId}'. Attempted logging new value '{value}'.");
    }
}
