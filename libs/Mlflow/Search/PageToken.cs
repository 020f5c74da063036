using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.Mlflow.Search;

/// <summary>
/// Where a page begins. Tokens that we give out name the last row of the page before, so a deep page costs no more than
/// the first and rows that come meanwhile shift nothing; MLflow's own form, a number of rows to skip, is honoured as well.
/// </summary>
public sealed class PageToken
{
    private const int MaxLength = 200_000;
    private readonly JsonElement after;

    private PageToken(long offset, JsonElement after) => (Offset, this.after) = (offset, after);

    /// <summary>Rows to skip; 0 when the token names a row.</summary>
    public long Offset { get; }

    /// <summary>The token for the page after the row with these sort keys.</summary>
    /// <param name="order">The order in which the keys were made, in any form that is the same for the next page.</param>
    /// <param name="keys">Each a long, a double, a string or null.</param>
    public static string After(string order, IReadOnlyList<object?> keys)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("order", Fingerprint(order));
            writer.WriteStartArray("after");
            foreach (var key in keys)
                Write(writer, key);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Convert.ToBase64String(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>The token for the page that begins after so many rows.</summary>
    public static string AtOffset(long offset) =>
        Convert.ToBase64String(Encoding.ASCII.GetBytes($$"""{"offset": {{offset}}}"""));

    /// <summary>Reads a token; null when there is none, which is the first page.</summary>
    /// <param name="token">What the client sent.</param>
    /// <param name="order">As given to <see cref="After"/>.</param>
    /// <exception cref="PlaneException">400: it is malformed, or of another order.</exception>
    public static PageToken? Parse(string? token, string order)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        var bytes = (token.Length <= MaxLength ? Decode(token) : null) ?? throw Invalid("could not base64-decode");
        try
        {
            return Read(JsonSerializer.Deserialize(bytes, JsonElementType.Default.JsonElement), order);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The second kind is text that JSON's grammar allows and no encoding does: a lone surrogate.
            throw Invalid($"decoded value={PythonRepr.Of(bytes)}");
        }
    }

    /// <summary>The sort keys of the row before the page, each of the type asked for or null; null when the token is an offset.</summary>
    /// <param name="types">For each key typeof long, double or string.</param>
    public IReadOnlyList<object?>? Keys(IReadOnlyList<Type> types)
    {
        if (after.ValueKind != JsonValueKind.Array)
            return null;
        if (after.GetArrayLength() != types.Count)
            throw Invalid("it belongs to a search with another order_by");
        return [.. after.EnumerateArray().Select((key, i) => Read(key, types[i]))];
    }

    private static PageToken Read(JsonElement parsed, string order)
    {
        if (parsed.ValueKind == JsonValueKind.Object && parsed.TryGetProperty("after", out var keys) && keys.ValueKind == JsonValueKind.Array)
        {
            return parsed.TryGetProperty("order", out var made) && made.ValueKind == JsonValueKind.String && made.ValueEquals(Fingerprint(order))
                ? new PageToken(0, keys)
                : throw Invalid("it belongs to a search with another order_by");
        }

        if (parsed.ValueKind != JsonValueKind.Object || !parsed.TryGetProperty("offset", out var offset) || IsFalsy(offset))
            throw Invalid($"parsed value={PythonRepr.Of(parsed)}");
        return ProtoJson.TryInt64(offset, out var skip) && skip >= 0
            ? new PageToken(skip, default)
            : throw Invalid($"not stringable {(offset.ValueKind == JsonValueKind.String ? offset.GetString() : PythonRepr.Of(offset))}");
    }

    private static object? Read(JsonElement key, Type type)
    {
        if (key.ValueKind == JsonValueKind.Null)
            return null;
        if (type == typeof(long) && key.ValueKind == JsonValueKind.Number && key.TryGetInt64(out var integer))
            return integer;
        if (type == typeof(double) && key.ValueKind == JsonValueKind.Number && key.TryGetDouble(out var number) && double.IsFinite(number))
            return number;
        if (type == typeof(string) && ProtoJson.TryString(key, out var text) && !text.Contains('\0'))
            return text;
        throw Invalid("it belongs to a search with another order_by");
    }

    private static void Write(Utf8JsonWriter writer, object? key)
    {
        switch (key)
        {
            case null:
                writer.WriteNullValue();
                break;
            case long integer:
                writer.WriteNumberValue(integer);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteStringValue((string)key);
                break;
        }
    }

    private static string Fingerprint(string order) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(order)).AsSpan(0, 9));

    private static bool IsFalsy(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
        JsonValueKind.String => value.ValueEquals(""),
        JsonValueKind.True => false,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => true,
    };

    /// <summary>Base64 as Python reads it: foreign characters are skipped, the padding must be there; null when it is not.</summary>
    private static byte[]? Decode(string token)
    {
        var digits = new string([.. token.Where(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/')]);
        var missing = (4 - (digits.Length % 4)) % 4;
        if (missing == 3 || token.Count(c => c == '=') < missing)
            return null;
        return Convert.FromBase64String(digits + new string('=', missing));
    }

    private static PlaneException Invalid(string what) => MlflowErrors.Invalid($"Invalid page token, {what}");
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class JsonElementType : System.Text.Json.Serialization.JsonSerializerContext;
