using System.Diagnostics.Metrics;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>What the compaction of histories did.</summary>
internal sealed class CompactionMetrics
{
    private readonly Counter<long> chunks;
    private readonly Counter<long> failures;

    public CompactionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Tracker.Compaction");
        chunks = meter.CreateCounter<long>("mlops_tracker_metric_chunks_added", description: "Chunks made of rows of metric histories.");
        failures = meter.CreateCounter<long>("mlops_tracker_compaction_failures", description: "Histories whose compaction failed; they are read from their rows.");
    }

    public void Added(int count) => chunks.Add(count);

    public void Failed() => failures.Add(1);
}
