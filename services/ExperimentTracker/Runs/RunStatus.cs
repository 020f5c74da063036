namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>The states of a run; clients may move it between any two of them.</summary>
internal static class RunStatus
{
    public const string Running = "RUNNING";

    /// <summary>Whether a run in this state is over.</summary>
    public static bool IsTerminal(string status) => status is "FINISHED" or "FAILED" or "KILLED";
}
