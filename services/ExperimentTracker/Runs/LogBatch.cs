using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>Adds metrics, params and tags to a run in one transaction: where MLflow may keep a part, this keeps all or nothing.</summary>
internal static class LogBatch
{
    private const int MaxBytes = 1_000_000;
    private const int MaxMetrics = 1000;
    private const int MaxParams = 100;
    private const int MaxTags = 100;
    private const int MaxEntities = 1000;

    private static readonly MessageSchema Metric = new(
        Field.String("key"), Field.Double("value"), Field.Int64("timestamp"), Field.Int64("step"),
        Field.String("model_id"), Field.String("dataset_name"), Field.String("dataset_digest"));

    private static readonly MessageSchema Pair = new(Field.String("key"), Field.String("value"));

    internal static readonly MessageSchema Schema = new(
        Field.String("run_id", Check.Required, Check.String),
        Field.Messages("metrics", Metric, Check.Array),
        Field.Messages("params", Pair, Check.Array),
        Field.Messages("tags", Pair, Check.Array));

    public static async Task Handle(HttpContext http, WorkspaceProjection<TrackerDb> workspaces, RunLog log, CancellationToken ct)
    {
        LimitBody(http);
        var body = await MlflowRequest.ReadBodyAsync(http);
        var batch = BatchReader.Read(body.Span) ?? Read(MlflowRequest.Parse(http, Schema, body));
        var entries = Judge(batch);
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, batch.RunId, ct);
        if (batch.ModelMetrics.Count > 0 && http.NameGate() is not null)
            await http.RequireModelsAsync(workspace, [.. batch.ModelMetrics.Select(metric => metric.ModelId).Distinct()], ct);
        await log.AddAsync(workspace, batch.RunId, entries, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }

    private static void LimitBody(HttpContext http)
    {
        if (http.Request.ContentLength is { } size and > MaxBytes)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"Batched logging API requests must be at most {MaxBytes} bytes, got a request of size {size}."));
        // A body of unknown length is stopped by the server at the same limit.
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
    }

    private static Batch Read(MlflowMessage request)
    {
        var metrics = request.Messages("metrics", Metric);
        var parameters = request.Messages("params", Pair);
        var tags = request.Messages("tags", Pair);
        Require(metrics, "metrics", "key", "value", "timestamp");
        Require(parameters, "params", "key");
        Require(tags, "tags", "key");
        var points = metrics.Select(MetricMessage.Read).ToList();
        var modelMetrics = metrics.Select((metric, i) => MetricMessage.ReadModel(metric, points[i])).OfType<ModelMetricEntry>().ToList();
        return new Batch(request.String("run_id")!, points, modelMetrics, Pairs(parameters), Pairs(tags));
    }

    private static List<KeyValuePair<string, string>> Pairs(IReadOnlyList<MlflowMessage> pairs) =>
        [.. pairs.Select(pair => new KeyValuePair<string, string>(pair.String("key")!, pair.String("value") ?? ""))];

    private static LogEntries Judge(Batch batch)
    {
        RunErrors.CheckId(batch.RunId);
        EntityRules.CheckMetrics(batch.Metrics);
        var parameters = batch.Params.Select((pair, i) => EntityRules.Param(pair.Key, pair.Value, $"params[{i}].")).ToList();
        var tags = batch.Tags.Select((pair, i) => EntityRules.RunTag(pair.Key, pair.Value, $"tags[{i}].")).ToList();
        CheckLimit(batch.Metrics.Count, MaxMetrics, "metrics");
        CheckLimit(parameters.Count, MaxParams, "params");
        CheckLimit(tags.Count, MaxTags, "tags");
        CheckLimit(batch.Metrics.Count + parameters.Count + tags.Count, MaxEntities, "metrics, params, and tags");
        return LogEntries.Of(batch.Metrics, parameters, tags, batch.ModelMetrics);
    }

    private static void Require(IReadOnlyList<MlflowMessage> items, string list, params ReadOnlySpan<string> fields)
    {
        for (var i = 0; i < items.Count; i++)
        {
            foreach (var field in fields)
            {
                if (!items[i].Has(field) || (field == "key" && items[i].String(field) is ""))
                    throw MlflowErrors.Invalid(
                        $"Missing value for required parameter '{list}[{i}].{field}'. See the API docs for more information about request parameters.");
            }
        }
    }

    private static void CheckLimit(int count, int limit, string what)
    {
        if (count > limit)
            throw MlflowErrors.Invalid(string.Create(CultureInfo.InvariantCulture,
                $"A batch logging request can contain at most {limit} {what}. Got {count} {what}. Please split up {what} across multiple requests and try again."));
    }
}
