using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>Refuses NUL in texts of requests: neither database keeps it, and PostgreSQL fails on it.</summary>
internal static class CleanText
{
    /// <summary>Judges the query; bodies are judged while they are read, by <see cref="Converter"/>.</summary>
    public static ValueTask<object?> JudgeQuery(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        foreach (var (name, values) in call.HttpContext.Request.Query)
        {
            if (values.Any(value => value?.Contains('\0') == true))
                throw PlaneError.Invalid("invalid_text", $"'{name}' must not contain NUL characters.").ToException();
        }

        return next(call);
    }

    internal sealed class Converter : JsonConverter<string>
    {
        public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : throw new JsonException("A text is expected.");
            return text!.Contains('\0') ? throw new JsonException("A text must not contain NUL characters.") : text;
        }

        public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
    }
}
