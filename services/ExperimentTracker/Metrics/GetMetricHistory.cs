using System.Globalization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.Metrics;

internal static class GetMetricHistory
{
    private const int MaxPage = 50_000;
    private const string Order = "history";

    private static readonly Type[] TokenTypes = [typeof(long), typeof(long), typeof(double), typeof(long)];

    internal static readonly MessageSchema Schema = new(
        RunLookup.IdField,
        RunLookup.LegacyIdField,
        Field.String("metric_key", Check.Required, Check.String),
        Field.String("page_token", Check.String),
        Field.Int64("max_results"));

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, HistoryReader histories, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var (runId, key) = (request.RunId(), request.String("metric_key")!);
        // MLflow reads an absent number as 0: no values, and a token when there are some.
        var asked = request.Int64("max_results") ?? 0;
        if (asked < 0)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Invalid value {asked} for parameter 'max_results' supplied. It must be a positive integer"));
        var start = Start(request.String("page_token"));
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var limit = (int)Math.Min(asked, MaxPage);
        var runs = await histories.RunKeysAsync(workspace, [runId], ct);
        var points = runs.TryGetValue(runId, out var runKey) ? await histories.ReadAsync(runKey, key, start, limit + 1, ct) : [];
        var token = points.Count > limit ? Token(points, limit, start) : null;
        await MlflowResponse.WriteAsync(http, (points, limit, token), static (writer, page) =>
        {
            if (page.limit > 0 && page.points.Count > 0)
            {
                writer.WriteStartArray("metrics"u8);
                foreach (var point in page.points.Take(page.limit))
                    MetricJson.Write(writer, point);
                writer.WriteEndArray();
            }

            writer.WriteOptional("next_page_token", page.token);
        });
    }

    private static HistoryStart Start(string? token)
    {
        if (PageToken.Parse(token, Order) is not { } page)
            return default;
        return page.Keys(TokenTypes) is { } keys
            ? keys is [long timestamp, long step, double or long, long nan]
                ? new(new MetricPoint("", nan == 1 ? double.NaN : Convert.ToDouble(keys[2], CultureInfo.InvariantCulture), timestamp, step), 0)
                : throw MlflowErrors.Invalid("Invalid page token, it belongs to another request")
            : new(null, page.Offset);
    }

    private static string Token(List<MetricPoint> points, int limit, HistoryStart start)
    {
        if (limit == 0)
            return PageToken.AtOffset(start.Offset);
        var last = points[limit - 1];
        var nan = double.IsNaN(last.Value);
        return PageToken.After(Order, [last.Timestamp, last.Step, nan ? 0d : last.Value, nan ? 1L : 0L]);
    }
}
