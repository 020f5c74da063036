using System.Globalization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Responses;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>
/// <c>GET /api/v1/tracking/runs/{runId}/histories</c>: histories of many metrics at once, each in so many buckets of
/// steps, or with <c>axis=time</c> of time, with the least and the greatest value of every bucket, so that no spike is lost.
/// </summary>
internal static class GetHistories
{
    private const int MaxMetrics = 200;
    private const int MaxBuckets = 10_000;
    private const int DefaultBuckets = 500;

    /// <summary>Chunks of one history that are decoded whatever the number of buckets.</summary>
    private const int WholeChunks = 1000;

    public sealed record Response(string RunId, IReadOnlyList<History> Histories);

    /// <param name="NanCount">Values that are NaN, which no bucket counts.</param>
    /// <param name="Buckets">In the order of the axis; buckets without a number are left out.</param>
    public sealed record History(string Metric, long NanCount, IReadOnlyList<Bucket> Buckets);

    /// <param name="FromStep">Least step in the bucket.</param>
    /// <param name="ToStep">Greatest step in the bucket.</param>
    /// <param name="FromTime">Earliest timestamp in the bucket, in milliseconds since 1970 UTC.</param>
    /// <param name="ToTime">Latest timestamp in the bucket.</param>
    /// <param name="Count">Values in the bucket; NaN is not counted.</param>
    public sealed record Bucket(long FromStep, long ToStep, long FromTime, long ToTime, double Min, double Max, long Count);

    public static async Task Handle(
        string runId, string[] metric, int? buckets, string? axis, HttpContext http, HistoryReader runs, HistoryScan histories,
        WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var count = buckets ?? DefaultBuckets;
        if (count is < 1 or > MaxBuckets)
            throw Invalid("invalid_buckets", $"'buckets' must be between 1 and {MaxBuckets}.");
        if (metric.Length is 0 or > MaxMetrics)
            throw Invalid("invalid_metric_count", $"'metric' must name 1 to {MaxMetrics} metrics.");
        if (axis is not (null or "step" or "time"))
            throw Invalid("invalid_axis", $"'axis' must be 'step' or 'time'.");
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        var keys = await runs.RunKeysAsync(workspace, [runId], ct);
        if (!keys.TryGetValue(runId, out var runKey))
            throw PlaneError.NotFound("run_not_found", $"There is no run '{runId}'.").ToException();
        var names = metric.Distinct(StringComparer.Ordinal).ToList();
        var sink = new BucketSink(names.Count, count, byTime: axis == "time");
        // Where a bucket holds several chunks, what the chunks say of themselves is fine enough.
        await histories.ReadAsync([runKey], names, sink, wholeChunks: Math.Max(WholeChunks, 4 * count), ct);
        await WriteAsync(http, runId, names, sink);
    }

    /// <summary>Writes a <see cref="Response"/>, one metric after the other.</summary>
    private static async Task WriteAsync(HttpContext http, string runId, List<string> names, BucketSink sink)
    {
        using var stream = new JsonStream(http);
        stream.Writer.WriteString("runId"u8, runId);
        stream.Writer.WriteStartArray("histories"u8);
        for (var i = 0; i < names.Count; i++)
        {
            stream.Writer.WriteStartObject();
            stream.Writer.WriteString("metric"u8, names[i]);
            stream.Writer.WriteNumber("nanCount"u8, sink.NanCount(i));
            stream.Writer.WriteStartArray("buckets"u8);
            sink.Write(stream.Writer, i);
            stream.Writer.WriteEndArray();
            stream.Writer.WriteEndObject();
            await stream.SendAsync();
        }

        stream.Writer.WriteEndArray();
        await stream.EndAsync();
    }

    private static PlaneException Invalid(string code, FormattableString message) =>
        PlaneError.Invalid(code, message.ToString(CultureInfo.InvariantCulture)).ToException();
}
