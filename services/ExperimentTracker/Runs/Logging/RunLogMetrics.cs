using System.Diagnostics.Metrics;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>How much is logged.</summary>
internal sealed class RunLogMetrics(IMeterFactory meters)
{
    private readonly Counter<long> points = meters.Create("MlopsPlane.Tracker.Logging")
        .CreateCounter<long>("mlops_tracker_points_logged", description: "Values of metrics that were accepted.");

    public void Logged(int count) => points.Add(count);
}
