using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>A point as it is stored: NaN as 0 with a flag, infinities as the largest finite doubles.</summary>
internal readonly record struct MetricEntry(string Key, long Timestamp, long Step, double Value, bool IsNan)
{
    public static MetricEntry Of(in MetricPoint point) => new(
        point.Key, point.Timestamp, point.Step,
        double.IsNaN(point.Value) ? 0 : Math.Clamp(point.Value, double.MinValue, double.MaxValue), double.IsNaN(point.Value));

    /// <summary>The order in which points are written, by every writer.</summary>
    public static int Compare(MetricEntry left, MetricEntry right)
    {
        var order = string.CompareOrdinal(left.Key, right.Key);
        if (order == 0)
            order = left.Timestamp.CompareTo(right.Timestamp);
        if (order == 0)
            order = left.Step.CompareTo(right.Step);
        if (order == 0)
            order = left.Value.CompareTo(right.Value);
        return order == 0 ? left.IsNan.CompareTo(right.IsNan) : order;
    }

    /// <summary>MLflow's order of "latest": by step, then timestamp, then value.</summary>
    public bool IsLaterThan(in MetricEntry other) =>
        (Step, Timestamp, Value).CompareTo((other.Step, other.Timestamp, other.Value)) > 0;
}

/// <summary>A point of a logged model, perhaps on a dataset.</summary>
internal readonly record struct ModelMetricEntry(string ModelId, MetricEntry Point, string? DatasetName, string? DatasetDigest);

/// <summary>The greatest (step, timestamp, value) that a request holds for a key.</summary>
/// <param name="FirstTimestamp">Timestamp of the key's first point by timestamp and step.</param>
internal readonly record struct LatestEntry(MetricEntry Point, long FirstTimestamp, long FirstStep);
