using System.Text.Json;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Specs;

/// <summary>
/// One JSON object of a spec that somebody wrote by hand. Every refusal names the field by its path, and what nobody knows
/// is refused too: a field that is misspelt must not be passed over.
/// </summary>
internal readonly struct SpecObject
{
    private readonly JsonElement element;
    private readonly string path;

    /// <param name="path">Where it stands; empty for the spec itself.</param>
    /// <param name="known">Every field that it may have.</param>
    /// <exception cref="PlaneException">400: it is no object, or has other fields.</exception>
    public SpecObject(JsonElement element, string path, params ReadOnlySpan<string> known)
    {
        (this.element, this.path) = (element, path);
        if (element.ValueKind != JsonValueKind.Object)
            throw path.Length == 0
                ? PlaneError.Invalid("invalid_spec", "The body must be a JSON object.").ToException()
                : SpecError.Of(path, "must be an object");
        foreach (var field in element.EnumerateObject())
        {
            if (!known.Contains(field.Name))
                throw SpecError.Of(PathOf(field.Name), $"is not known; here may stand: {string.Join(", ", known!)}");
        }
    }

    public string PathOf(string field) => path.Length == 0 ? field : $"{path}.{field}";

    /// <summary>The field's value; false when it is absent or null.</summary>
    public bool Has(string field, out JsonElement value) => element.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;

    public string? Text(string field, int maxLength)
    {
        if (!Has(field, out var value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw SpecError.Of(PathOf(field), "must be a text");
        var text = value.GetString()!;
        if (text.Length == 0 || text.Length > maxLength)
            throw SpecError.Of(PathOf(field), $"must have 1 to {maxLength} characters");
        return text.Any(char.IsControl) ? throw SpecError.Of(PathOf(field), "must not contain control characters") : text;
    }

    public string? OneOf(string field, params ReadOnlySpan<string> words)
    {
        if (!Has(field, out var value))
            return null;
        return value.ValueKind == JsonValueKind.String && value.GetString() is { } word && words.Contains(word)
            ? word
            : throw SpecError.Of(PathOf(field), $"must be one of {string.Join(", ", words!)}");
    }

    public bool? Flag(string field)
    {
        if (!Has(field, out var value))
            return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? value.GetBoolean()
            : throw SpecError.Of(PathOf(field), "must be true or false");
    }

    public long? Whole(string field, long least, long most)
    {
        if (!Has(field, out var value))
            return null;
        return Whole(value, least, most) ?? throw SpecError.Of(PathOf(field), $"must be a whole number, {least} to {most}");
    }

    public int? Int(string field, int least, int most) => (int?)Whole(field, least, most);

    public double? Real(string field, double least, double most)
    {
        if (!Has(field, out var value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw SpecError.Of(PathOf(field), $"must be a number, {least} to {most}");
    }

    /// <summary>The parts of a list with the path of each; none when it is absent.</summary>
    public IEnumerable<(JsonElement Value, string Path)> List(string field, int most)
    {
        if (!Has(field, out var value))
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            throw SpecError.Of(PathOf(field), "must be a list");
        if (value.GetArrayLength() > most)
            throw SpecError.Of(PathOf(field), $"must have at most {most} entries");
        var at = PathOf(field);
        return value.EnumerateArray().Select((part, i) => (part, $"{at}[{i}]"));
    }

    public static long? Whole(JsonElement value, long least, long most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most ? number : null;
}
