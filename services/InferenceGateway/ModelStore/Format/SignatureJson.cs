using System.Text.Json;

namespace MlopsPlane.InferenceGateway.ModelStore.Format;

/// <summary>
/// Reads the signature of an <c>MLmodel</c>: a JSON list each for inputs and outputs, of columns
/// (<c>{"type":"double","name":"x","required":true}</c>) or of tensors
/// (<c>{"type":"tensor","tensor-spec":{"dtype":"float32","shape":[-1,4]},"name":"x"}</c>).
/// </summary>
internal static class SignatureJson
{
    private const int MaxFields = 10_000;

    /// <summary>Null when neither is there.</summary>
    /// <exception cref="InvalidDataException">What is there cannot be read.</exception>
    public static MlflowSignature? Read(string? inputs, string? outputs) =>
        inputs is null && outputs is null ? null : new(Fields("signature.inputs", inputs), Fields("signature.outputs", outputs));

    private static List<MlflowField> Fields(string what, string? json)
    {
        if (json is null)
            return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Array || document.RootElement.GetArrayLength() > MaxFields)
                throw new InvalidDataException($"{what} is no list of at most {MaxFields} fields");
            return [.. document.RootElement.EnumerateArray().Select((field, i) => Field($"{what}[{i}]", field))];
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{what} is no JSON list of columns or tensors", broken);
        }
    }

    private static MlflowField Field(string what, JsonElement field)
    {
        if (field.ValueKind != JsonValueKind.Object || !field.TryGetProperty("type", out var kind) || kind.GetString() is not { } type)
            throw new InvalidDataException($"{what} has no type");
        var name = field.TryGetProperty("name", out var named) ? named.GetString() : null;
        if (type != "tensor")
            return new(name, type, null, IsRequired(field));
        if (!field.TryGetProperty("tensor-spec", out var spec) || !spec.TryGetProperty("dtype", out var dtype) || dtype.GetString() is not { } element
            || !spec.TryGetProperty("shape", out var shape))
            throw new InvalidDataException($"{what} has no tensor-spec with dtype and shape");
        return new(name, element, [.. shape.EnumerateArray().Select(size => size.GetInt64())], Required: true);
    }

    /// <summary>Older releases of MLflow write <c>optional</c> instead.</summary>
    private static bool IsRequired(JsonElement column) =>
        column.TryGetProperty("required", out var required) ? required.GetBoolean() : !column.TryGetProperty("optional", out var optional) || !optional.GetBoolean();
}
