namespace MlopsPlane.ExperimentTracker.Runs;

/// <summary>The states of a run; clients may move it between any two of them.</summary>
internal static class RunStatus
{
    public const string Running = "RUNNING";
    public const string Finished = "FINISHED";

    /// <summary>Whether a run in this state is over.</summary>
    public static bool IsTerminal(string status) => status is Finished or "FAILED" or "KILLED";
}
