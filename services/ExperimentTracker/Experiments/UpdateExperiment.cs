using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>Renames an experiment.</summary>
internal static class UpdateExperiment
{
    internal static readonly MessageSchema Schema = new(
        Field.Id("experiment_id", Check.Required, Check.String),
        Field.String("new_name", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = request.String("new_name")!;
        ExperimentRules.CheckName(name);
        http.NameGate()?.Require(name);
        var workspace = await workspaces.ResolveAsync(http);
        try
        {
            await db.WriteAsync(async token =>
            {
                var experiment = await db.FindAsync(workspace, request.String("experiment_id"), http.NameGate(), token);
                if (experiment.LifecycleStage != Lifecycle.Active)
                    throw MlflowErrors.InvalidState("Cannot rename a non-active experiment.");
                experiment.Name = name;
                experiment.LastUpdateTime = clock.NowMilliseconds();
            }, ct);
        }
        catch (DbUpdateException taken) when (db.Provider.IsDuplicateKey(taken))
        {
            throw ExperimentRules.NameTaken(name);
        }

        await MlflowResponse.WriteEmptyAsync(http);
    }
}
