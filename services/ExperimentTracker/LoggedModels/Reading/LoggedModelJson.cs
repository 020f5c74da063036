using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Reading;

/// <summary>MLflow's <c>LoggedModel</c> message.</summary>
internal static class LoggedModelJson
{
    /// <summary>Answers with one model.</summary>
    public static Task WriteAsync(HttpContext http, FullLoggedModel model) => MlflowResponse.WriteAsync(http, model, static (writer, model) =>
    {
        writer.WritePropertyName("model"u8);
        Write(writer, model);
    });

    /// <summary>Writes the model as a JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, FullLoggedModel model)
    {
        writer.WriteStartObject();
        WriteInfo(writer, model);
        writer.WriteStartObject("data"u8);
        WritePairs(writer, "params", model.Params.Select(param => (param.Key, param.Value)));
        WriteMetrics(writer, model);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteInfo(Utf8JsonWriter writer, FullLoggedModel full)
    {
        var model = full.Model;
        writer.WriteStartObject("info"u8);
        writer.WriteString("model_id"u8, model.ModelId);
        writer.WriteString("experiment_id"u8, full.ExperimentId.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("name"u8, model.Name);
        writer.WriteNumber("creation_timestamp_ms"u8, model.CreationTime);
        writer.WriteNumber("last_updated_timestamp_ms"u8, model.LastUpdateTime);
        writer.WriteString("artifact_uri"u8, model.ArtifactUri);
        writer.WriteString("status"u8, model.Status);
        writer.WriteOptional("model_type", model.ModelType);
        writer.WriteOptional("source_run_id", model.SourceRunId);
        writer.WriteOptional("status_message", model.StatusMessage);
        WritePairs(writer, "tags", full.Tags.Select(tag => (tag.Key, tag.Value)));
        if (full.Registrations.Count > 0)
        {
            writer.WriteStartArray("registrations"u8);
            foreach (var (name, version) in full.Registrations)
            {
                writer.WriteStartObject();
                writer.WriteString("name"u8, name);
                writer.WriteString("version"u8, version.ToString(CultureInfo.InvariantCulture));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteMetrics(Utf8JsonWriter writer, FullLoggedModel model)
    {
        if (model.Metrics.Count == 0)
            return;
        writer.WriteStartArray("metrics"u8);
        foreach (var metric in model.Metrics)
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, metric.Key);
            writer.WriteDouble("value", metric.IsNan ? double.NaN : metric.Value);
            writer.WriteNumber("timestamp"u8, metric.Timestamp);
            writer.WriteNumber("step"u8, metric.Step);
            writer.WriteOptional("dataset_name", metric.DatasetName);
            writer.WriteOptional("dataset_digest", metric.DatasetDigest);
            writer.WriteString("model_id"u8, model.Model.ModelId);
            writer.WriteString("run_id"u8, metric.RunId);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WritePairs(Utf8JsonWriter writer, string name, IEnumerable<(string Key, string Value)> pairs)
    {
        var open = false;
        foreach (var (key, value) in pairs)
        {
            if (!open)
                writer.WriteStartArray(name);
            open = true;
            writer.WriteStartObject();
            writer.WriteString("key"u8, key);
            writer.WriteString("value"u8, value);
            writer.WriteEndObject();
        }

        if (open)
            writer.WriteEndArray();
    }
}
