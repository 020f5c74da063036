using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Runs.Comparing;

/// <summary><c>GET /api/v1/tracking/runs/compare?runId=...&amp;runId=...</c>: params, metrics and tags of runs side by side.</summary>
internal static class CompareRuns
{
    private const int MaxRuns = 100;

    /// <param name="Runs">In the order in which they were asked for; every row's values follow it.</param>
    public sealed record Response(
        IReadOnlyList<ComparedRun> Runs, IReadOnlyList<TextRow> Params, IReadOnlyList<MetricRow> Metrics, IReadOnlyList<TextRow> Tags);

    /// <param name="StartTime">Milliseconds since 1970 UTC.</param>
    /// <param name="EndTime">Milliseconds since 1970 UTC; null while the run is under way.</param>
    public sealed record ComparedRun(
        string RunId, string RunName, string ExperimentId, string Status, string LifecycleStage, long StartTime, long? EndTime);

    /// <param name="Values">Null where a run has no such key.</param>
    /// <param name="Differs">Not every run has the same value.</param>
    public sealed record TextRow(string Key, IReadOnlyList<string?> Values, bool Differs);

    /// <inheritdoc cref="TextRow"/>
    /// <param name="Min">The least value of any run; null when none has a number.</param>
    /// <param name="Max">The greatest value of any run; null when none has a number.</param>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public sealed record MetricRow(string Key, IReadOnlyList<double?> Values, bool Differs, double? Min, double? Max);

    public static async Task<Ok<Response>> Handle(
        string[] runId, HttpContext http, HistoryReader keys, RunReader reader, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var ids = runId.Distinct(StringComparer.Ordinal).ToList();
        if (ids.Count is < 2 or > MaxRuns)
            throw PlaneError.Invalid("invalid_run_count", string.Create(CultureInfo.InvariantCulture,
                $"'runId' must name 2 to {MaxRuns} different runs; it names {ids.Count}.")).ToException();
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunsAsync(workspace, ids, ct);
        var found = await keys.RunKeysAsync(workspace, ids, ct);
        if (ids.Find(id => !found.ContainsKey(id)) is { } missing)
            throw PlaneError.NotFound("run_not_found", $"There is no run '{missing}'.").ToException();
        var runs = await reader.ReadAsync([.. ids.Select(id => found[id])], ct);
        return TypedResults.Ok(new Response(
            [.. runs.Select(run => Describe(run.Info))], Texts(runs, run => run.Params), Metrics(runs), Texts(runs, run => run.Tags)));
    }

    private static ComparedRun Describe(RunInfo info) => new(
        info.RunId, info.Name, info.ExperimentId.ToString(CultureInfo.InvariantCulture), info.Status, info.LifecycleStage, info.StartTime, info.EndTime);

    private static List<TextRow> Texts(IReadOnlyList<FullRun> runs, Func<FullRun, List<KeyValuePair<string, string>>> part)
    {
        var columns = runs.Select(run => part(run).ToDictionary(StringComparer.Ordinal)).ToList();
        return [.. Keys(columns.SelectMany(column => column.Keys)).Select(key =>
        {
            var values = columns.Select(column => column.GetValueOrDefault(key)).ToList();
            return new TextRow(key, values, values.Distinct(StringComparer.Ordinal).Skip(1).Any());
        })];
    }

    private static List<MetricRow> Metrics(IReadOnlyList<FullRun> runs)
    {
        var columns = runs.Select(run => run.Metrics.ToDictionary(metric => metric.Key, metric => metric.Value, StringComparer.Ordinal)).ToList();
        return [.. Keys(columns.SelectMany(column => column.Keys)).Select(key =>
        {
            var values = columns.Select(column => column.TryGetValue(key, out var value) ? value : (double?)null).ToList();
            var numbers = values.OfType<double>().Where(value => !double.IsNaN(value)).ToList();
            return new MetricRow(key, values, values.Distinct().Skip(1).Any(), numbers.Count > 0 ? numbers.Min() : null, numbers.Count > 0 ? numbers.Max() : null);
        })];
    }

    private static IEnumerable<string> Keys(IEnumerable<string> keys) => keys.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
}
