using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class LogMetric
{
    internal static readonly MessageSchema Schema = new(
        RunLookup.IdField,
        RunLookup.LegacyIdField,
        Field.String("key", Check.Required, Check.String),
        Field.Double("value", Check.Required, Check.FloatLike),
        Field.Int64("timestamp", Check.Required, Check.IntLike),
        Field.Int64("step", Check.IntLike),
        Field.String("model_id", Check.String),
        Field.String("dataset_name", Check.String),
        Field.String("dataset_digest", Check.String));

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, RunLog log, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var metric = MetricMessage.Read(request);
        EntityRules.CheckMetric(metric, "");
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, request.RunId(), ct);
        var model = MetricMessage.ReadModel(request, metric);
        if (model is { } other)
            await http.RequireModelsAsync(workspace, [other.ModelId], ct);
        await log.AddAsync(workspace, request.RunId(), LogEntries.Of([metric], [], [], model is { } entry ? [entry] : null), ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
