using System.Globalization;
using System.Text.Json;
using MlopsPlane.Mlflow.Responses;

namespace MlopsPlane.ExperimentTracker.Runs.Reading;

/// <summary>MLflow's <c>Run</c> and <c>RunInfo</c> messages.</summary>
internal static class RunJson
{
    /// <summary>Writes the run as a JSON object.</summary>
    public static void WriteRun(Utf8JsonWriter writer, FullRun run)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("info"u8);
        WriteInfo(writer, run.Info);
        WriteData(writer, run);
        WriteInputs(writer, run);
        WriteOutputs(writer, run);
        writer.WriteEndObject();
    }

    /// <summary>Writes the run's info as a JSON object.</summary>
    public static void WriteInfo(Utf8JsonWriter writer, RunInfo info)
    {
        writer.WriteStartObject();
        writer.WriteString("run_uuid"u8, info.RunId);
        writer.WriteString("experiment_id"u8, info.ExperimentId.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("run_name"u8, info.Name);
        writer.WriteString("user_id"u8, info.UserId);
        writer.WriteString("status"u8, info.Status);
        writer.WriteNumber("start_time"u8, info.StartTime);
        // MLflow leaves out an end time of 0 as it does an absent one.
        if (info.EndTime is { } end and not 0)
            writer.WriteNumber("end_time"u8, end);
        writer.WriteString("artifact_uri"u8, info.ArtifactUri);
        writer.WriteString("lifecycle_stage"u8, info.LifecycleStage);
        writer.WriteString("run_id"u8, info.RunId);
        writer.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter writer, FullRun run)
    {
        writer.WriteStartObject("data"u8);
        if (run.Metrics.Count > 0)
        {
            writer.WriteStartArray("metrics"u8);
            foreach (var metric in run.Metrics)
            {
                writer.WriteStartObject();
                writer.WriteString("key"u8, metric.Key);
                writer.WriteDouble("value", metric.Value);
                writer.WriteNumber("timestamp"u8, metric.Timestamp);
                writer.WriteNumber("step"u8, metric.Step);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        WritePairs(writer, "params", run.Params);
        WritePairs(writer, "tags", run.Tags);
        writer.WriteEndObject();
    }

    private static void WriteInputs(Utf8JsonWriter writer, FullRun run)
    {
        writer.WriteStartObject("inputs"u8);
        if (run.Datasets.Count > 0)
        {
            writer.WriteStartArray("dataset_inputs"u8);
            foreach (var use in run.Datasets)
                WriteDataset(writer, use);
            writer.WriteEndArray();
        }

        if (run.ModelInputs.Count > 0)
        {
            writer.WriteStartArray("model_inputs"u8);
            foreach (var id in run.ModelInputs)
            {
                writer.WriteStartObject();
                writer.WriteString("model_id"u8, id);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteDataset(Utf8JsonWriter writer, DatasetUse use)
    {
        writer.WriteStartObject();
        WritePairs(writer, "tags", use.Tags);
        writer.WriteStartObject("dataset"u8);
        writer.WriteString("name"u8, use.Name);
        writer.WriteString("digest"u8, use.Digest);
        writer.WriteString("source_type"u8, use.SourceType);
        writer.WriteString("source"u8, use.Source);
        writer.WriteOptional("schema", use.Schema);
        writer.WriteOptional("profile", use.Profile);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteOutputs(Utf8JsonWriter writer, FullRun run)
    {
        writer.WriteStartObject("outputs"u8);
        if (run.ModelOutputs.Count > 0)
        {
            writer.WriteStartArray("model_outputs"u8);
            foreach (var output in run.ModelOutputs)
            {
                writer.WriteStartObject();
                writer.WriteString("model_id"u8, output.ModelId);
                writer.WriteNumber("step"u8, output.Step);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WritePairs(Utf8JsonWriter writer, string name, List<KeyValuePair<string, string>> pairs)
    {
        if (pairs.Count == 0)
            return;
        writer.WriteStartArray(name);
        foreach (var (key, value) in pairs)
        {
            writer.WriteStartObject();
            writer.WriteString("key"u8, key);
            writer.WriteString("value"u8, value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
