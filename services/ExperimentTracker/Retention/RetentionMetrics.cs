using System.Diagnostics.Metrics;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>What the collector did.</summary>
internal sealed class RetentionMetrics
{
    private readonly Counter<long> runs;
    private readonly Counter<long> artifacts;
    private readonly Counter<long> failures;

    public RetentionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Tracker.Retention");
        runs = meter.CreateCounter<long>("mlops_tracker_runs_collected", description: "Runs removed because their workspace's policy no longer keeps them.");
        artifacts = meter.CreateCounter<long>("mlops_tracker_artifact_roots_removed", description: "Artifact folders of removed runs and models that were deleted.");
        failures = meter.CreateCounter<long>("mlops_tracker_retention_failures", description: "Rounds or deletions of the collector that failed and will be repeated.");
    }

    public void RunRemoved(bool removed) => runs.Add(removed ? 1 : 0);

    public void ArtifactsRemoved() => artifacts.Add(1);

    public void Failed() => failures.Add(1);
}
