using System.Runtime.InteropServices;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>Takes in the points of histories as they are read: for each series its beginning, then its points in order.</summary>
internal abstract class HistorySink
{
    /// <param name="series">Index of the metric among those asked for.</param>
    /// <param name="end">The greatest step, and the greatest timestamp, of all points of the series.</param>
    public abstract void Begin(int series, (long Timestamp, long Step) end);

    public abstract void Points(int series, ReadOnlySpan<HistoryPoint> points);

    /// <summary>A chunk of a series that is too long to be decoded; its own points do not come.</summary>
    public abstract void Summary(int series, in ChunkSummary chunk);
}

/// <summary>What is known of a chunk without decoding it.</summary>
/// <param name="Min">Least value; null when all are NaN.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ChunkSummary(
    HistoryPoint First, int Count, int NanCount, long LastTimestamp, long MinStep, long MaxStep, double? Min, double? Max);
