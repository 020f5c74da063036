using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Datasets;

/// <summary>Notes which logged models a run produced.</summary>
internal static class LogOutputs
{
    private static readonly MessageSchema Model = new(Field.String("model_id"), Field.Int64("step"));

    internal static readonly MessageSchema Schema = new(
        Field.String("run_id", Check.Required, Check.String),
        Field.Messages("models", Model, Check.Required, Check.Array));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var outputs = request.Messages("models", Model).Select((model, i) => (
            Id: model.String("model_id") is { Length: > 0 } id ? id : throw MlflowErrors.Invalid($"Missing value for required parameter 'models[{i}].model_id'."),
            Step: model.Int64("step") ?? 0)).DistinctBy(output => output.Id).ToList();
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, request.String("run_id")!, ct);
        await db.WriteAsync(async token =>
        {
            var run = await db.FindActiveRunAsync(workspace, request.String("run_id")!, token);
            await db.LockRunAsync(run.RunKey, token);
            var known = await db.Set<ModelOutput>().Where(output => output.RunKey == run.RunKey).Select(output => output.ModelId).ToHashSetAsync(token);
            db.AddRange(outputs.Where(output => known.Add(output.Id))
                .Select(output => new ModelOutput { RunKey = run.RunKey, ModelId = output.Id, Step = output.Step }));
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
