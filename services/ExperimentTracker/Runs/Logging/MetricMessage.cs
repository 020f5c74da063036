using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Runs.Logging;

/// <summary>Reads a metric from a message that has its fields.</summary>
internal static class MetricMessage
{
    public static MetricPoint Read(MlflowMessage message) => new(
        message.String("key") ?? "", message.Double("value") ?? 0, message.Int64("timestamp") ?? 0, message.Int64("step") ?? 0);

    /// <summary>The point of the logged model that the metric names; null when it names none.</summary>
    public static ModelMetricEntry? ReadModel(MlflowMessage message, in MetricPoint metric) =>
        ModelEntry(metric, message.String("model_id"), message.String("dataset_name"), message.String("dataset_digest"));

    /// <summary>The point of the logged model; null when none is named.</summary>
    public static ModelMetricEntry? ModelEntry(in MetricPoint metric, string? model, string? datasetName, string? datasetDigest) =>
        string.IsNullOrEmpty(model) ? null : new ModelMetricEntry(model, MetricEntry.Of(metric), NullIfEmpty(datasetName), NullIfEmpty(datasetDigest));

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
