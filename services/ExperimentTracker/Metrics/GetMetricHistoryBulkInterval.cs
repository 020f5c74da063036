using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics.Sampling;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>One metric of several runs, thinned out evenly over the steps that all of them logged.</summary>
internal static class GetMetricHistoryBulkInterval
{
    private const int MaxRuns = 100;
    private const int MaxSteps = 2500;

    internal static readonly MessageSchema Schema = new(
        Field.Strings("run_ids", Check.Required, Check.Array, Check.StringItems, Check.Of(
            ids => ids is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() <= MaxRuns,
            ids => string.Create(CultureInfo.InvariantCulture,
                $"GetMetricHistoryBulkInterval request must specify at most {MaxRuns} run_ids. Received {ids?.GetArrayLength()} run_ids."))),
        Field.String("metric_key", Check.Required, Check.String),
        Field.Int64("start_step", Check.IntLike),
        Field.Int64("end_step", Check.IntLike),
        Field.Int64("max_results", Check.IntLike, Check.Of(
            count => count is { } given && ProtoJson.TryInt64(given, out var number) && number is >= 1 and <= MaxSteps,
            $"max_results must be between 1 and {MaxSteps}.")));

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, StepSampler sampler, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var (start, end) = (request.Int64("start_step"), request.Int64("end_step"));
        if (start is null != end is null)
            throw MlflowErrors.Invalid("If either start step or end step are specified, both must be specified.");
        if (start > end)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"end_step must be greater than start_step. Found start_step={start} and end_step={end}."));
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunsAsync(workspace, request.Strings("run_ids"), ct);
        var key = request.String("metric_key")!;
        var wish = new SampleWish(key, request.Int32("max_results") ?? MaxSteps, start, end);
        var sampled = await sampler.SampleAsync(workspace, request.Strings("run_ids"), wish, ct);
        await MlflowResponse.WriteAsync(http, (sampled, key), static (writer, found) =>
        {
            var (sampled, key) = found;
            if (sampled.All(run => run.Points.Count == 0))
                return;
            writer.WriteStartArray("metrics"u8);
            foreach (var (runId, points) in sampled)
            {
                foreach (var point in points)
                    MetricJson.Write(writer, new(key, point.Value, point.Timestamp, point.Step), runId);
            }

            writer.WriteEndArray();
        });
    }
}
