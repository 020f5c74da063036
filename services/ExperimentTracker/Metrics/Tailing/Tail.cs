using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Metrics.Tailing;

/// <summary>How far one client has followed the metrics of a run.</summary>
/// <param name="metrics">The metrics that it asked for; empty for all.</param>
internal sealed class Tail(long runKey, IReadOnlyList<string> metrics)
{
    private readonly Dictionary<string, Mark> marks = new(StringComparer.Ordinal);

    public long RunKey => runKey;

    public IReadOnlyList<string> Metrics => metrics;

    /// <summary>Values from this time and step on may be new.</summary>
    public (long Timestamp, long Step) Since(string metric) =>
        marks.TryGetValue(metric, out var mark) ? (mark.Timestamp, mark.Step) : (long.MinValue, long.MinValue);

    /// <summary>Notes a value; false when it was noted before or lies before one that was.</summary>
    public bool Advance(in MetricPoint point)
    {
        var place = (point.Timestamp, point.Step);
        var order = marks.TryGetValue(point.Key, out var mark) ? place.CompareTo((mark.Timestamp, mark.Step)) : 1;
        if (order > 0)
            marks[point.Key] = new Mark(point.Timestamp, point.Step, [point.Value]);
        return order > 0 || (order == 0 && mark!.Sent.Add(point.Value));
    }

    /// <param name="Sent">Values of this time and step: more of them may follow, in any order.</param>
    private sealed record Mark(long Timestamp, long Step, HashSet<double> Sent);
}
