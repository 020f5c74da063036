using System.Globalization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>One metric of several runs, for charts.</summary>
internal static class GetMetricHistoryBulk
{
    private const int MaxResults = 25_000;
    private const int MaxRuns = 100;

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, HistoryReader histories, CancellationToken ct)
    {
        var query = http.Request.Query;
        var runIds = query["run_id"];
        if (runIds.Count == 0)
            throw MlflowErrors.Invalid("GetMetricHistoryBulk request must specify at least one run_id.");
        if (runIds.Count > MaxRuns)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"GetMetricHistoryBulk request cannot specify more than {MaxRuns} run_ids. Received {runIds.Count} run_ids."));
        if (!query.TryGetValue("metric_key", out var keys))
            throw MlflowErrors.Invalid("GetMetricHistoryBulk request must specify a metric_key.");
        var (key, limit) = (keys[0]!, Limit(query["max_results"]));
        if (key.Contains('\0') || runIds.Any(id => id!.Contains('\0')))
            throw MlflowErrors.Invalid("Invalid value for parameter 'metric_key' or 'run_id' supplied: it must not contain NUL characters.");
        var workspace = await workspaces.ResolveAsync(http);
        var ids = runIds.Distinct().OfType<string>().ToList();
        await http.RequireRunsAsync(workspace, ids, ct);
        var runs = await histories.RunKeysAsync(workspace, ids, ct);
        var found = new List<(string RunId, List<MetricPoint> Points)>();
        foreach (var (runId, runKey) in runs.OrderBy(run => run.Key, StringComparer.Ordinal))
        {
            if (limit == 0)
                break;
            var points = await histories.ReadAsync(runKey, key, default, limit, ct);
            limit -= points.Count;
            found.Add((runId, points));
        }

        await MlflowResponse.WriteAsync(http, found, static (writer, found) =>
        {
            writer.WriteStartArray("metrics"u8);
            foreach (var (runId, points) in found)
            {
                foreach (var point in points)
                    MetricJson.Write(writer, point, runId);
            }

            writer.WriteEndArray();
        });
    }

    private static int Limit(string? text)
    {
        if (text is null)
            return MaxResults;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit) && limit >= 0
            ? Math.Min(limit, MaxResults)
            : throw MlflowErrors.Invalid($"Invalid value {PythonText.Json(text)} for parameter 'max_results' supplied. It must be a positive integer");
    }
}
