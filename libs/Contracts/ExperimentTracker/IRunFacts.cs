using MlopsPlane.Contracts.ExperimentTracker.V1;

namespace MlopsPlane.Contracts.ExperimentTracker;

/// <summary>The registry's questions to the tracker. In process in AllInOne, HTTP in the cluster.</summary>
public interface IRunFacts
{
    /// <summary>A run of any lifecycle stage; null when the workspace has no such run.</summary>
    Task<RunFacts?> FindRunAsync(string workspace, string runId, CancellationToken ct);

    /// <summary>A logged model; null when the workspace has no such model.</summary>
    Task<LoggedModelFacts?> FindLoggedModelAsync(string workspace, string modelId, CancellationToken ct);
}

/// <param name="ArtifactUri">Artifact root of the run, e.g. <c>mlflow-artifacts:/1/abc/artifacts</c>.</param>
/// <param name="Metrics">Latest value per key.</param>
public sealed record RunFacts(
    string RunId, string ExperimentId, string RunName, string ArtifactUri, string Status, long StartTime, long? EndTime,
    IReadOnlyDictionary<string, double> Metrics, IReadOnlyDictionary<string, string> Params, IReadOnlyList<RunDataset> Datasets);

/// <param name="ArtifactUri">Artifact root of the logged model.</param>
/// <param name="Params">The model's own params, in key order.</param>
/// <param name="Metrics">The model's metrics, latest per key and dataset.</param>
public sealed record LoggedModelFacts(
    string ModelId, string ExperimentId, string? SourceRunId, string ArtifactUri,
    IReadOnlyList<KeyValuePair<string, string>> Params, IReadOnlyList<LoggedModelMetric> Metrics);

/// <param name="Timestamp">Milliseconds since 1970 UTC.</param>
public sealed record LoggedModelMetric(
    string Key, double Value, long Timestamp, long Step, string? DatasetName, string? DatasetDigest, string ModelId, string? RunId);
