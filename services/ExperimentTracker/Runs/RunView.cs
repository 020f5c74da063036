using MlopsPlane.ExperimentTracker.Runs.Reading;

namespace MlopsPlane.ExperimentTracker.Runs;

internal static class RunView
{
    public static RunInfo ToInfo(this Run run, long experimentId) => new(
        run.RunKey, run.RunId, run.Name, experimentId, run.UserId, run.Status, run.StartTime, run.EndTime, run.ArtifactUri, run.LifecycleStage);

    /// <summary>A run of which only the info is known yet.</summary>
    public static FullRun ToFullRun(this Run run, long experimentId) => new(run.ToInfo(experimentId));
}
