using System.Globalization;
using System.Text.Json;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>MLflow's <c>Experiment</c> message.</summary>
internal static class ExperimentJson
{
    /// <summary>Writes the experiment as a JSON object.</summary>
    public static void Write(Utf8JsonWriter writer, Experiment experiment, IReadOnlyList<ExperimentTag> tags)
    {
        writer.WriteStartObject();
        writer.WriteString("experiment_id"u8, experiment.ExperimentId.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("name"u8, experiment.Name);
        writer.WriteString("artifact_location"u8, experiment.ArtifactLocation);
        writer.WriteString("lifecycle_stage"u8, experiment.LifecycleStage);
        writer.WriteNumber("last_update_time"u8, experiment.LastUpdateTime);
        writer.WriteNumber("creation_time"u8, experiment.CreationTime);
        if (tags.Count > 0)
        {
            writer.WriteStartArray("tags"u8);
            foreach (var tag in tags)
            {
                writer.WriteStartObject();
                writer.WriteString("key"u8, tag.Key);
                writer.WriteString("value"u8, tag.Value);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
