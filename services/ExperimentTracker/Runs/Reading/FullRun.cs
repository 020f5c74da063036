namespace MlopsPlane.ExperimentTracker.Runs.Reading;

/// <summary>A run with everything that MLflow shows of it.</summary>
internal sealed class FullRun(RunInfo info)
{
    public RunInfo Info { get; } = info;

    /// <summary>The latest value per key.</summary>
    public List<MetricPoint> Metrics { get; } = [];

    public List<KeyValuePair<string, string>> Params { get; } = [];

    public List<KeyValuePair<string, string>> Tags { get; } = [];

    public List<DatasetUse> Datasets { get; } = [];

    /// <summary>Ids of logged models that the run read.</summary>
    public List<string> ModelInputs { get; } = [];

    /// <summary>Logged models that the run produced.</summary>
    public List<ModelOutputUse> ModelOutputs { get; } = [];
}

/// <param name="ExperimentId">The id that clients see.</param>
/// <param name="StartTime">Milliseconds since 1970 UTC.</param>
/// <param name="EndTime">Milliseconds since 1970 UTC; null while the run is under way.</param>
internal sealed record RunInfo(
    long RunKey, string RunId, string Name, long ExperimentId, string UserId, string Status, long StartTime, long? EndTime,
    string ArtifactUri, string LifecycleStage);

/// <param name="Value">NaN where NaN was logged.</param>
/// <param name="Timestamp">Milliseconds since 1970 UTC.</param>
internal readonly record struct MetricPoint(string Key, double Value, long Timestamp, long Step);

/// <summary>A dataset that a run read, with the tags of this use.</summary>
internal sealed record DatasetUse(
    string Name, string Digest, string SourceType, string Source, string? Schema, string? Profile, List<KeyValuePair<string, string>> Tags);

internal readonly record struct ModelOutputUse(string ModelId, long Step);
