using System.Text.Json;
using MlopsPlane.Mlflow.Errors;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>A request message, or a message within it, that its schema has accepted: reading a field cannot fail.</summary>
public readonly struct MlflowMessage(JsonElement element, MessageSchema schema)
{
    /// <summary>The message as JSON.</summary>
    public JsonElement Element { get; } = element;

    public bool Has(string name) => TryGet(name, out _);

    /// <summary>Text of a string or id field; null when it is absent.</summary>
    public string? String(string name) => TryGet(name, out var value) ? Text(name, value) : null;

    public long? Int64(string name) => TryGet(name, out var value) && ProtoJson.TryInt64(value, out var number) ? number : null;

    /// <summary><see cref="Int64"/> within the range of an int, clamped to it.</summary>
    public int? Int32(string name) => Int64(name) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    public double? Double(string name) => TryGet(name, out var value) && ProtoJson.TryDouble(value, out var number) ? number : null;

    public bool? Bool(string name) => TryGet(name, out var value) ? value.ValueKind == JsonValueKind.True : null;

    public string? Enum(string name, ProtoEnum type) => TryGet(name, out var value) ? type.NameOf(value) : null;

    public IReadOnlyList<string> Strings(string name)
    {
        if (!TryGet(name, out var value) || value.GetArrayLength() == 0)
            return [];
        var texts = new string[value.GetArrayLength()];
        var i = 0;
        foreach (var item in value.EnumerateArray())
            texts[i++] = Text(name, item);
        return texts;
    }

    public MlflowMessage? Message(string name, MessageSchema nested) => TryGet(name, out var value) ? new MlflowMessage(value, nested) : null;

    public IReadOnlyList<MlflowMessage> Messages(string name, MessageSchema nested)
    {
        if (!TryGet(name, out var value) || value.GetArrayLength() == 0)
            return [];
        var messages = new MlflowMessage[value.GetArrayLength()];
        var i = 0;
        foreach (var item in value.EnumerateArray())
            messages[i++] = new MlflowMessage(item, nested);
        return messages;
    }

    private static string Text(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value.ValueKind switch
            {
                JsonValueKind.True => "True",
                JsonValueKind.False => "False",
                _ => value.GetRawText(),
            };
        ProtoJson.TryString(value, out var text);
        // Neither database keeps NUL in text, and no tool shows it.
        return text.Contains('\0')
            ? throw MlflowErrors.Invalid($"Invalid value for parameter '{name}' supplied: it must not contain NUL characters.")
            : text;
    }

    private bool TryGet(string name, out JsonElement value)
    {
        foreach (var field in schema.Fields)
        {
            if (field.Name == name)
                return MessageSchema.TryGet(Element, field, out value);
        }

        throw new ArgumentException($"The schema has no field '{name}'.", nameof(name));
    }
}
