using System.Globalization;
using System.Text.Json;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;

namespace MlopsPlane.ModelRegistry.Versions;

/// <summary>MLflow's ModelVersion message.</summary>
internal static class VersionJson
{
    public static void Write(Utf8JsonWriter writer, string property, VersionView view)
    {
        writer.WritePropertyName(property);
        Write(writer, view);
    }

    public static void Write(Utf8JsonWriter writer, VersionView view)
    {
        var row = view.Row;
        Span<char> number = stackalloc char[11];
        row.Version.TryFormat(number, out var digits, provider: CultureInfo.InvariantCulture);
        writer.WriteStartObject();
        writer.WriteString("name", view.Name);
        writer.WriteString("version", number[..digits]);
        writer.WriteNumber("creation_timestamp", Instant.ToMilliseconds(row.CreatedAt));
        writer.WriteNumber("last_updated_timestamp", Instant.ToMilliseconds(row.UpdatedAt));
        writer.WriteString("current_stage", row.CurrentStage);
        writer.WriteOptional("description", row.Description);
        writer.WriteString("source", row.Source);
        writer.WriteOptional("run_id", row.RunId);
        // Versions are registered by reference, so they are complete from the start.
        writer.WriteString("status", "READY");
        TagJson.Write(writer, view.Tags);
        writer.WriteOptional("run_link", row.RunLink);
        if (view.Aliases.Count > 0)
        {
            writer.WriteStartArray("aliases");
            foreach (var alias in view.Aliases)
                writer.WriteStringValue(alias);
            writer.WriteEndArray();
        }

        writer.WriteOptional("model_id", row.LoggedModelId);
        writer.WriteEndObject();
    }

    /// <summary>An array of versions, left out when it is empty as protobuf's JSON does.</summary>
    public static void WriteArray(Utf8JsonWriter writer, string property, IReadOnlyCollection<VersionView> versions)
    {
        if (versions.Count == 0)
            return;
        writer.WriteStartArray(property);
        foreach (var version in versions)
            Write(writer, version);
        writer.WriteEndArray();
    }
}
