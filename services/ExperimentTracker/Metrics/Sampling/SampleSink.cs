using MlopsPlane.ExperimentTracker.Metrics.Chunks;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>Keeps histories in memory, thinned out where they are too long for it.</summary>
internal sealed class SampleSink(int series) : HistorySink, IDisposable
{
    /// <summary>Points of all series that are kept in any case.</summary>
    private const int Limit = 200_000;

    private const int MinPerSeries = 5000;

    private readonly ThinnedHistory?[] all = new ThinnedHistory?[series];

    /// <summary>The points of a series by step, timestamp and value, until this is disposed; none when the run has no such metric.</summary>
    public ReadOnlyMemory<HistoryPoint> Of(int one) => all[one]?.ByStep() ?? default;

    public void Dispose()
    {
        foreach (var history in all)
            history?.Dispose();
    }

    public override void Begin(int series, (long Timestamp, long Step) end) => all[series] = new ThinnedHistory(Math.Max(MinPerSeries, Limit / all.Length));

    public override void Points(int series, ReadOnlySpan<HistoryPoint> points) => all[series]!.Add(points);

    public override void Summary(int series, in ChunkSummary chunk) => all[series]!.Add([chunk.First]);
}
