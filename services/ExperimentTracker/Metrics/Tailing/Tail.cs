using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Metrics.Tailing;

/// <summary>How far one client has followed the metrics of a run.</summary>
/// <param name="metrics">The metrics that it asked for; empty for all.</param>
internal sealed class Tail(long runKey, IReadOnlyList<string> metrics)
{
    private readonly Dictionary<string, (long Timestamp, HashSet<MetricPoint> Sent)> marks = new(StringComparer.Ordinal);

    public long RunKey => runKey;

    public IReadOnlyList<string> Metrics => metrics;

    /// <summary>Values from this timestamp on may be new.</summary>
    public long Since(string metric) => marks.TryGetValue(metric, out var mark) ? mark.Timestamp : long.MinValue;

    /// <summary>Notes a value; false when it was noted before or lies before one that was.</summary>
    public bool Advance(in MetricPoint point)
    {
        if (!marks.TryGetValue(point.Key, out var mark) || point.Timestamp > mark.Timestamp)
        {
            marks[point.Key] = (point.Timestamp, [point]);
            return true;
        }

        return point.Timestamp == mark.Timestamp && mark.Sent.Add(point);
    }
}
