using System.Globalization;
using System.Text.Json;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Models;

/// <summary>MLflow's RegisteredModel message.</summary>
internal static class ModelJson
{
    public static void Write(Utf8JsonWriter writer, string property, ModelView model)
    {
        writer.WritePropertyName(property);
        Write(writer, model);
    }

    public static void Write(Utf8JsonWriter writer, ModelView model)
    {
        writer.WriteStartObject();
        writer.WriteString("name", model.Name);
        writer.WriteNumber("creation_timestamp", Instant.ToMilliseconds(model.CreatedAt));
        writer.WriteNumber("last_updated_timestamp", Instant.ToMilliseconds(model.UpdatedAt));
        if (!string.IsNullOrEmpty(model.Description))
            writer.WriteString("description", model.Description);
        VersionJson.WriteArray(writer, "latest_versions", model.LatestVersions);
        TagJson.Write(writer, model.Tags);
        WriteAliases(writer, model.Aliases);
        writer.WriteEndObject();
    }

    private static void WriteAliases(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, int>> aliases)
    {
        if (aliases.Count == 0)
            return;
        writer.WriteStartArray("aliases");
        foreach (var (alias, version) in aliases)
        {
            writer.WriteStartObject();
            writer.WriteString("alias", alias);
            writer.WriteString("version", version.ToString(CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
