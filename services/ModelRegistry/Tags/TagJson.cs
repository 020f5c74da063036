using System.Text.Json;

namespace MlopsPlane.ModelRegistry.Tags;

/// <summary>MLflow's array of tags, left out when there are none.</summary>
internal static class TagJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        if (tags.Count == 0)
            return;
        writer.WriteStartArray("tags");
        foreach (var (key, value) in tags)
        {
            writer.WriteStartObject();
            writer.WriteString("key", key);
            writer.WriteString("value", value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
