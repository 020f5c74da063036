using System.Text.Json;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Metrics;

/// <summary>MLflow's <c>Metric</c> message.</summary>
internal static class MetricJson
{
    /// <summary>Writes the metric as a JSON object, with the run that it belongs to when that is given.</summary>
    public static void Write(Utf8JsonWriter writer, in MetricPoint metric, string? runId = null)
    {
        writer.WriteStartObject();
        writer.WriteString("key"u8, metric.Key);
        writer.WriteDouble("value", metric.Value);
        writer.WriteNumber("timestamp"u8, metric.Timestamp);
        writer.WriteNumber("step"u8, metric.Step);
        if (runId is not null)
            writer.WriteString("run_id"u8, runId);
        writer.WriteEndObject();
    }
}
