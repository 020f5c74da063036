using System.Globalization;
using System.Text.Json;

namespace MlopsPlane.Cli.Output;

/// <summary>Reads answers that may lack anything.</summary>
internal static class JsonFields
{
    /// <summary>The member at a path such as <c>info.run_id</c>; null when it is not there.</summary>
    public static JsonElement? At(this JsonElement element, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element) || element.ValueKind == JsonValueKind.Null)
                return null;
        }

        return element;
    }

    /// <summary>The member as text; arrays as their parts with commas; null when it is not there.</summary>
    public static string? Text(this JsonElement element, string path) => element.At(path) is { } found ? Shown(found) : null;

    /// <summary>The member as a number; null when it is none. 64-bit numbers may come as text.</summary>
    public static long? Number(this JsonElement element, string path) =>
        long.TryParse(element.Text(path), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Flag(this JsonElement element, string path) => element.At(path)?.ValueKind == JsonValueKind.True;

    /// <summary>Entries of an array; none when it is not there.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string path) =>
        element.At(path) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    /// <summary>An instant, given as ISO 8601 or in milliseconds since 1970, to the second in UTC.</summary>
    public static string? Time(this JsonElement element, string path)
    {
        if (element.Text(path) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var milliseconds))
            return milliseconds is >= 0 and <= 253_402_300_799_999 ? Written(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)) : text;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? Written(at) : text;
    }

    public static string Written(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Shown(JsonElement found) => found.ValueKind switch
    {
        JsonValueKind.String => found.GetString()!,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => string.Join(", ", found.EnumerateArray().Select(Shown)),
        _ => found.GetRawText(),
    };
}
