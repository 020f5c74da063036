namespace MlopsPlane.Contracts.ExperimentTracker.V1;

/// <summary>A run was created.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="ExperimentId">Id of the experiment within its workspace.</param>
/// <param name="RunId">Id of the run, 32 hex digits.</param>
/// <param name="RunName">Name of the run.</param>
/// <param name="UserId">Who the client said started it; may be empty.</param>
/// <param name="StartTime">Milliseconds since 1970 UTC, as the client gave it.</param>
/// <param name="ArtifactUri">Where its artifacts lie.</param>
public sealed record RunStarted(
    string Workspace, string ExperimentId, string RunId, string RunName, string UserId, long StartTime, string ArtifactUri) : IRunEvent
{
    public string Aggregate => $"run:{RunId}";
}
