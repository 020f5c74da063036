namespace MlopsPlane.Contracts.ExperimentTracker.V1;

/// <summary>A run reached FINISHED, FAILED or KILLED, with what it held at that moment.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="ExperimentId">Id of the experiment within its workspace.</param>
/// <param name="RunId">Id of the run, 32 hex digits.</param>
/// <param name="RunName">Name of the run.</param>
/// <param name="Status">FINISHED, FAILED or KILLED.</param>
/// <param name="StartTime">Milliseconds since 1970 UTC.</param>
/// <param name="EndTime">Milliseconds since 1970 UTC; null when the client gave none.</param>
/// <param name="Metrics">Latest value per key, at most 1,000 keys; NaN is left out.</param>
/// <param name="Params">At most 1,000 keys.</param>
/// <param name="Datasets">Inputs of the run.</param>
public sealed record RunFinished(
    string Workspace, string ExperimentId, string RunId, string RunName, string Status, long StartTime, long? EndTime,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, string> Params, IReadOnlyList<RunDataset> Datasets) : IRunEvent
{
    public string Aggregate => $"run:{RunId}";
}

/// <summary>A dataset that a run read.</summary>
/// <param name="Context">Value of the input tag <c>mlflow.data.context</c> (training, evaluation, ...), if any.</param>
public sealed record RunDataset(string Name, string Digest, string SourceType, string? Context);
