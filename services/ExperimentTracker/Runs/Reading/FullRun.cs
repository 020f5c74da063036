namespace MlopsPlane.ExperimentTracker.Runs.Reading;

/// <summary>A run with everything that MLflow shows of it.</summary>
internal sealed class FullRun(RunInfo info)
{
    public RunInfo Info { get; } = info;

    /// <summary>The latest value per key, ordered by key.</summary>
    public List<MetricPoint> Metrics { get; } = [];

    /// <summary>Ordered by key.</summary>
    public List<KeyValuePair<string, string>> Params { get; } = [];

    /// <inheritdoc cref="Params"/>
    public List<KeyValuePair<string, string>> Tags { get; } = [];

    public List<DatasetUse> Datasets { get; } = [];

    /// <summary>Ids of logged models that the run read.</summary>
    public List<string> ModelInputs { get; } = [];

    /// <summary>Logged models that the run produced.</summary>
    public List<ModelOutputUse> ModelOutputs { get; } = [];

    /// <summary>Orders what a database gave in the order of its pages; mostly an index has brought it in order.</summary>
    public void Order()
    {
        Order(Metrics, static metric => metric.Key);
        Order(Params, static param => param.Key);
        Order(Tags, static tag => tag.Key);
    }

    private static void Order<T>(List<T> items, Func<T, string> key)
    {
        for (var i = 1; i < items.Count; i++)
        {
            if (string.CompareOrdinal(key(items[i - 1]), key(items[i])) <= 0)
                continue;
            items.Sort((left, right) => string.CompareOrdinal(key(left), key(right)));
            return;
        }
    }
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
