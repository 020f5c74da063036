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
        message.String("model_id") is { Length: > 0 } model
            ? new ModelMetricEntry(model, MetricEntry.Of(metric), NullIfEmpty(message.String("dataset_name")), NullIfEmpty(message.String("dataset_digest")))
            : null;

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
