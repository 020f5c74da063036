using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>
/// <c>GET /api/v1/tracking/runs/{runId}/histories</c>: histories of many metrics at once, each in so many buckets of
/// steps, with the least and the greatest value of every bucket, so that no spike is lost.
/// </summary>
internal static class GetHistories
{
    private const int MaxMetrics = 200;
    private const int MaxBuckets = 10_000;
    private const int DefaultBuckets = 500;

    public sealed record Response(string RunId, IReadOnlyList<History> Histories);

    /// <param name="Buckets">By step; buckets without a number are left out.</param>
    public sealed record History(string Metric, IReadOnlyList<Bucket> Buckets);

    /// <param name="FromStep">Least step in the bucket.</param>
    /// <param name="ToStep">Greatest step in the bucket.</param>
    /// <param name="FromTime">Earliest timestamp in the bucket, in milliseconds since 1970 UTC.</param>
    /// <param name="ToTime">Latest timestamp in the bucket.</param>
    /// <param name="Count">Values in the bucket; NaN is not counted.</param>
    public sealed record Bucket(long FromStep, long ToStep, long FromTime, long ToTime, double Min, double Max, long Count);

    public static async Task<Ok<Response>> Handle(
        string runId, string[] metric, int? buckets, HttpContext http, HistoryReader runs, BucketReader reader,
        WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var count = buckets ?? DefaultBuckets;
        if (count is < 1 or > MaxBuckets)
            throw Invalid("invalid_buckets", $"'buckets' must be between 1 and {MaxBuckets}.");
        if (metric.Length is 0 or > MaxMetrics)
            throw Invalid("invalid_metric_count", $"'metric' must name 1 to {MaxMetrics} metrics.");
        var keys = await runs.RunKeysAsync(await workspaces.ResolveAsync(http), [runId], ct);
        if (!keys.TryGetValue(runId, out var runKey))
            throw PlaneError.NotFound("run_not_found", $"There is no run '{runId}'.").ToException();
        var names = metric.Distinct(StringComparer.Ordinal).ToList();
        var found = (await reader.ReadAsync(runKey, names, count, ct)).ToLookup(row => row.Metric, row => row.Bucket, StringComparer.Ordinal);
        return TypedResults.Ok(new Response(runId, [.. names.Select(name => new History(name, [.. found[name]]))]));
    }

    private static PlaneException Invalid(string code, FormattableString message) =>
        PlaneError.Invalid(code, message.ToString(CultureInfo.InvariantCulture)).ToException();
}
