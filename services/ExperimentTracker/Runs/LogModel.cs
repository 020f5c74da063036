using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>Notes on a run that a model was logged, in the tag that MLflow keeps for it.</summary>
internal static class LogModel
{
    private static readonly string[] Mandatory = ["artifact_path", "flavors", "run_id", "utc_time_created"];

    internal static readonly MessageSchema Schema = new(
        Field.String("run_id", Check.Required, Check.String),
        Field.String("model_json", Check.Required, Check.String));

    public static async Task Handle(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        using var model = Parse(request.String("model_json")!);
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, request.String("run_id")!, ct);
        await db.WriteAsync(async token =>
        {
            var run = await db.FindActiveRunAsync(workspace, request.String("run_id")!, token);
            await db.LockRunAsync(run.RunKey, token);
            var tag = await db.Set<RunTag>().SingleOrDefaultAsync(row => row.RunKey == run.RunKey && row.Key == ModelHistory.TagKey, token);
            var history = ModelHistory.Append(tag?.Value, model.RootElement);
            if (tag is null)
                db.Add(new RunTag { RunKey = run.RunKey, ExperimentKey = run.ExperimentKey, Key = ModelHistory.TagKey, Value = history });
            else
                tag.Value = history;
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }

    private static JsonDocument Parse(string json)
    {
        JsonDocument model;
        try
        {
            model = JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            throw Malformed(json);
        }

        if (model.RootElement.ValueKind != JsonValueKind.Object)
            throw Malformed(json);
        var missing = Mandatory.Where(field => !model.RootElement.TryGetProperty(field, out _)).Select(PythonText.Repr).ToList();
        return missing.Count == 0
            ? model
            : throw MlflowErrors.Invalid($"Model json is missing mandatory fields: {{{string.Join(", ", missing)}}}");
    }

    private static Primitives.PlaneException Malformed(string json) =>
        MlflowErrors.Invalid($"Malformed model info. \n {json} \n is not a valid JSON.");
}
