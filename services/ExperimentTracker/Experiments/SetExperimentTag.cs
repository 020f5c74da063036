using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

internal static class SetExperimentTag
{
    internal static readonly MessageSchema Schema = new(
        Field.Id("experiment_id", Check.Required, Check.String),
        Field.String("key", Check.Required, Check.String),
        Field.String("value", Check.String));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var (key, value) = (request.String("key")!, request.String("value") ?? "");
        EntityRules.CheckExperimentTag(key, value);
        var workspace = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var experiment = await db.FindAsync(workspace, request.String("experiment_id"), http.NameGate(), token);
            experiment.CheckActive();
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO experiment_tags (experiment_key, key, value) VALUES ({experiment.ExperimentKey}, {key}, {value})
                ON CONFLICT (experiment_key, key) DO UPDATE SET value = excluded.value
                """, token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
