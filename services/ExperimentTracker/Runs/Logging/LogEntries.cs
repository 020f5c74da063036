using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>What one request adds to a run, checked, and in the one order in which every writer takes its locks.</summary>
internal sealed class LogEntries
{
    private const string RunNameTag = "mlflow.runName";

    /// <summary>Distinct points ordered by key, timestamp, step and value.</summary>
    public MetricEntry[] Metrics { get; private init; } = [];

    /// <summary>The greatest (step, timestamp, value) of each key, ordered by key.</summary>
    public LatestEntry[] Latest { get; private init; } = [];

    /// <summary>Points that belong to logged models as well.</summary>
    public ModelMetricEntry[] ModelMetrics { get; init; } = [];

    /// <summary>Ordered by key; no key twice.</summary>
    public KeyValuePair<string, string>[] Params { get; private init; } = [];

    /// <summary>The params in the order of the request, in which MLflow speaks of them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> GivenParams { get; private init; } = [];

    /// <inheritdoc cref="Params"/>
    public KeyValuePair<string, string>[] Tags { get; private init; } = [];

    /// <summary>The run's new name, when a tag says it.</summary>
    public string? RunName { get; private init; }

    public static LogEntries Of(
        IReadOnlyList<MetricPoint> metrics, IReadOnlyList<KeyValuePair<string, string>> parameters, IReadOnlyList<KeyValuePair<string, string>> tags,
        IReadOnlyList<ModelMetricEntry>? modelMetrics = null)
    {
        var points = Sorted(metrics);
        var kept = LastOfEachKey(tags);
        return new LogEntries
        {
            Metrics = points,
            Latest = LatestOf(points),
            ModelMetrics = [.. modelMetrics ?? []],
            Params = Distinct(parameters),
            GivenParams = parameters,
            Tags = kept,
            RunName = Array.Find(kept, tag => tag.Key == RunNameTag).Value,
        };
    }

    private static MetricEntry[] Sorted(IReadOnlyList<MetricPoint> metrics)
    {
        var points = new MetricEntry[metrics.Count];
        for (var i = 0; i < points.Length; i++)
            points[i] = MetricEntry.Of(metrics[i]);
        if (points.Length < 2)
            return points;
        Array.Sort(points, MetricEntry.Compare);
        var kept = 1;
        for (var i = 1; i < points.Length; i++)
        {
            if (points[i] != points[i - 1])
                points[kept++] = points[i];
        }

        return kept == points.Length ? points : points[..kept];
    }

    private static LatestEntry[] LatestOf(MetricEntry[] sorted)
    {
        var latest = new List<LatestEntry>();
        foreach (var point in sorted)
        {
            if (latest.Count == 0 || latest[^1].Point.Key != point.Key)
                latest.Add(new(point, point.Timestamp, point.Step));
            else if (point.IsLaterThan(latest[^1].Point))
                latest[^1] = latest[^1] with { Point = point };
        }

        return [.. latest];
    }

    private static KeyValuePair<string, string>[] Distinct(IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        var seen = new HashSet<string>(parameters.Count, StringComparer.Ordinal);
        var repeated = parameters.Where(param => !seen.Add(param.Key)).Select(param => param.Key).ToList();
        if (repeated.Count > 0)
            throw MlflowErrors.Invalid(
                $"Duplicate parameter keys have been submitted: {PythonText.Repr(repeated)}. Please ensure the request contains only one param value per param key.");
        return [.. parameters.OrderBy(param => param.Key, StringComparer.Ordinal)];
    }

    private static KeyValuePair<string, string>[] LastOfEachKey(IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        var last = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            // An empty name does not rename a run; MLflow leaves name and tag as they were.
            if (key != RunNameTag || value.Length > 0)
                last[key] = value;
        }

        return [.. last];
    }
}
