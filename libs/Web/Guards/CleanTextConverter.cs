using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlopsPlane.Web.Guards;

/// <summary>Refuses NUL in the texts of JSON bodies while they are read: neither database keeps it.</summary>
public sealed class CleanTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("A text is expected.");
        return text!.Contains('\0') ? throw new JsonException("A text must not contain NUL characters.") : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
