using System.Text.Json;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.Rest;

/// <summary>Reads the value of a request's property; the reader stands on the property's name before, and on the value's last token after.</summary>
internal static class JsonField
{
    public static void Skip(ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
    }

    /// <exception cref="PlaneException">400: it is no text.</exception>
    public static string Text(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw NoText(field);
    }

    /// <inheritdoc cref="Text"/>
    public static string? TextOrNull(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType is JsonTokenType.String or JsonTokenType.Null ? reader.GetString() : throw NoText(field);
    }

    /// <summary>Moves to a text, which <see cref="Utf8JsonReader.GetString"/> gives then in any case.</summary>
    /// <param name="plain">Its bytes, without a string being made.</param>
    /// <returns>Whether its bytes lie together and need no decoding.</returns>
    /// <exception cref="PlaneException">400: it is no text.</exception>
    public static bool PlainText(ref Utf8JsonReader reader, string field, out ReadOnlySpan<byte> plain)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            throw NoText(field);
        plain = reader.HasValueSequence ? default : reader.ValueSpan;
        return reader is { HasValueSequence: false, ValueIsEscaped: false };
    }

    /// <exception cref="PlaneException">400: it is neither true nor false.</exception>
    public static bool Flag(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False
            ? reader.TokenType == JsonTokenType.True
            : throw Invalid($"'{field}' must be true or false.");
    }

    /// <exception cref="PlaneException">400: it is no whole number of 0 or more.</exception>
    public static ulong Count(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var value)
            ? value
            : throw Invalid($"'{field}' must be a whole number of 0 or more.");
    }

    /// <summary>Moves to the beginning of an object or an array.</summary>
    /// <exception cref="PlaneException">400 with the rule: it is something else.</exception>
    public static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string rule)
    {
        if (!ExpectOrNull(ref reader, token, rule))
            throw Invalid(rule);
    }

    /// <inheritdoc cref="Expect"/>
    /// <returns>False for null, which many clients write for what they leave out.</returns>
    public static bool ExpectOrNull(ref Utf8JsonReader reader, JsonTokenType token, string rule)
    {
        reader.Read();
        if (reader.TokenType == token)
            return true;
        return reader.TokenType == JsonTokenType.Null ? false : throw Invalid(rule);
    }

    private static PlaneException NoText(string field) => Invalid($"'{field}' must be a string.");

    private static PlaneException Invalid(string message) => PlaneError.Invalid("invalid_input", message).ToException();
}
