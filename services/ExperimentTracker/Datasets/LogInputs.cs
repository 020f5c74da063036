using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Datasets;

/// <summary>Notes which datasets and logged models a run read; what is noted already stays as it is.</summary>
internal static class LogInputs
{
    private const int MaxAttempts = 3;

    private static readonly MessageSchema Model = new(Field.String("model_id"));

    internal static readonly MessageSchema Schema = new(
        Field.String("run_id", Check.Required, Check.String),
        Field.Messages("datasets", DatasetMessage.Input, Check.Array),
        Field.Messages("models", Model, Check.Array));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var runId = request.String("run_id")!;
        RunErrors.CheckId(runId);
        var datasets = request.Messages("datasets", DatasetMessage.Input).Select(DatasetMessage.Read)
            .DistinctBy(use => (use.Name, use.Digest)).ToList();
        var models = request.Messages("models", Model).Select(model => model.String("model_id") ?? "").Where(id => id.Length > 0).Distinct().ToList();
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await db.WriteAsync(async token =>
                {
                    var run = await db.FindActiveRunAsync(workspace, runId, token);
                    await InputWriter.AddDatasetsAsync(db, run, datasets, token);
                    await InputWriter.AddModelsAsync(db, run, models, token);
                }, ct);
                break;
            }
            catch (DbUpdateException raced) when (attempt < MaxAttempts && db.Provider.IsDuplicateKey(raced))
            {
                // Another request noted the same dataset in the meantime; this time it is found.
                db.ChangeTracker.Clear();
            }
        }

        await MlflowResponse.WriteEmptyAsync(http);
    }
}
