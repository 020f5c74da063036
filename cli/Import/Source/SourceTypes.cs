using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>An experiment as the other server shows it. Times in milliseconds since 1970 UTC, here and below.</summary>
/// <param name="Stage"><c>active</c> or <c>deleted</c>.</param>
internal sealed record SourceExperiment(
    string Id, string Name, string Stage, long CreationTime, long LastUpdateTime, SortedDictionary<string, string> Tags)
{
    public const string DefaultId = "0";

    public bool IsDeleted => Stage == "deleted";
}

/// <param name="MetricKeys">Keys whose histories are read one after the other.</param>
/// <param name="Datasets">MLflow's <c>DatasetInput</c> messages.</param>
/// <param name="ModelInputs">Ids of logged models that it read.</param>
/// <param name="ModelOutputs">Logged models that it made, with their steps.</param>
internal sealed record SourceRun(
    string Id, string ExperimentId, string Name, string UserId, string Status, long StartTime, long? EndTime, string Stage, string ArtifactUri,
    SortedDictionary<string, string> Params, SortedDictionary<string, string> Tags, IReadOnlyList<string> MetricKeys, IReadOnlyList<JsonNode> Datasets,
    IReadOnlyList<string> ModelInputs, IReadOnlyList<KeyValuePair<string, long>> ModelOutputs)
{
    public const string NameTag = "mlflow.runName";
    public const string ParentTag = "mlflow.parentRunId";

    /// <summary>The runs that came with it; null when it came alone.</summary>
    public RunPage? Page { get; init; }

    public ArtifactOwner Artifacts => new(Id, ArtifactUri, IsLoggedModel: false);
}

/// <summary>What artifacts belong to: a run, or a logged model.</summary>
internal readonly record struct ArtifactOwner(string Id, string Uri, bool IsLoggedModel);

/// <summary>A point of a history. NaN is kept; infinities are the largest finite doubles, as MLflow's databases hold them.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct HistoryPoint(long Timestamp, long Step, double Value)
{
    public static HistoryPoint Of(long timestamp, long step, double value) =>
        // Adding 0 makes a negative zero an ordinary one, which is what SQLite gives back.
        new(timestamp, step, double.IsNaN(value) ? value : Math.Clamp(value, double.MinValue, double.MaxValue) + 0.0);

    /// <summary>By time, step and value.</summary>
    public static int Compare(HistoryPoint left, HistoryPoint right) =>
        (left.Timestamp, left.Step, left.Value).CompareTo((right.Timestamp, right.Step, right.Value));
}

/// <param name="Path">Below the root of its owner.</param>
/// <param name="Size">In bytes; null when the server does not tell.</param>
internal sealed record SourceFile(string Path, long? Size);

internal sealed record SourceModel(
    string Name, string Description, long CreationTime, long LastUpdateTime, SortedDictionary<string, string> Tags, SortedDictionary<string, int> Aliases);

internal sealed record SourceVersion(
    int Version, long CreationTime, long LastUpdateTime, string Stage, string Description, string Location, string RunId, string RunLink, string Status,
    string UserId, string ModelId, SortedDictionary<string, string> Tags);

/// <param name="Metrics">MLflow's metrics of the model: with run and dataset.</param>
internal sealed record SourceLoggedModel(
    string Id, string ExperimentId, string Name, string ModelType, string RunId, string Status, string StatusMessage, long CreationTime, long LastUpdateTime,
    string ArtifactUri, SortedDictionary<string, string> Params, SortedDictionary<string, string> Tags, IReadOnlyList<JsonNode> Metrics)
{
    public ArtifactOwner Artifacts => new(Id, ArtifactUri, IsLoggedModel: true);
}

/// <summary>Something of the source cannot be read, though the source as a whole can.</summary>
internal sealed class SourceException(string message, Exception? cause = null) : Exception(message, cause);
