using System.Buffers;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>A history as it was, or, of one too long for that, every second, fourth, eighth, ... point of it and its last.</summary>
/// <param name="limit">Points that are kept in any case; at most twice as many are.</param>
internal sealed class ThinnedHistory(int limit) : IDisposable
{
    private HistoryPoint[] kept = ArrayPool<HistoryPoint>.Shared.Rent(MetricChunk.Capacity);
    private int count;
    private long stride = 1;
    private long seen;
    private HistoryPoint last;

    public void Add(ReadOnlySpan<HistoryPoint> points)
    {
        foreach (ref readonly var point in points)
        {
            if (seen++ % stride == 0)
                Keep(point);
            last = point;
        }
    }

    /// <summary>The kept points by step, timestamp and value; NaN counts as 0 there, as it is stored. Asked for once, at the end.</summary>
    public ReadOnlyMemory<HistoryPoint> ByStep()
    {
        if (seen > 0 && (seen - 1) % stride != 0)
            Append(last);
        for (var i = 1; i < count; i++)
        {
            if (Compare(kept[i - 1], kept[i]) > 0)
            {
                kept.AsSpan(0, count).Sort(Compare);
                break;
            }
        }

        return kept.AsMemory(0, count);
    }

    public void Dispose() => ArrayPool<HistoryPoint>.Shared.Return(kept);

    private void Keep(in HistoryPoint point)
    {
        if (count == 2 * limit)
        {
            // What stays lies at multiples of the doubled stride, and so does the point that comes now.
            for (var i = 1; i < limit; i++)
                kept[i] = kept[2 * i];
            count = limit;
            stride *= 2;
        }

        Append(point);
    }

    private void Append(in HistoryPoint point)
    {
        if (count == kept.Length)
        {
            var larger = ArrayPool<HistoryPoint>.Shared.Rent(2 * count);
            kept.AsSpan().CopyTo(larger);
            ArrayPool<HistoryPoint>.Shared.Return(kept);
            kept = larger;
        }

        kept[count++] = point;
    }

    private static int Compare(HistoryPoint left, HistoryPoint right)
    {
        var order = left.Step.CompareTo(right.Step);
        if (order == 0)
            order = left.Timestamp.CompareTo(right.Timestamp);
        return order == 0 ? Stored(left.Value).CompareTo(Stored(right.Value)) : order;
    }

    private static double Stored(double value) => double.IsNaN(value) ? 0 : value;
}
