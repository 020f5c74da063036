using System.Globalization;
using System.Text.Json;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>A rule on one parameter, with the message that MLflow gives when it is broken.</summary>
public sealed class Check
{
    private const string Suffix = " See the API docs for more information about request parameters.";
    private readonly Func<JsonElement?, bool> holds;
    private readonly Func<string, JsonElement?, string> complaint;

    private Check(Func<JsonElement?, bool> holds, bool onlyAfterFailedParse, Func<string, JsonElement?, string>? complaint = null)
    {
        this.holds = holds;
        OnlyAfterFailedParse = onlyAfterFailedParse;
        this.complaint = complaint ?? ((name, value) =>
            $"Invalid value {PythonText.Json(value)} for parameter '{name}' supplied:  Hint: Value was of type '{PythonText.TypeName(value)}'.");
    }

    /// <summary>Neither absent, nor null, nor the empty string.</summary>
    public static Check Required { get; } = new(
        value => value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } given
            && !(given.ValueKind == JsonValueKind.String && given.ValueEquals(ReadOnlySpan<byte>.Empty)),
        onlyAfterFailedParse: false,
        (name, _) => $"Missing value for required parameter '{name}'.");

    public static Check String { get; } = new(value => value?.ValueKind == JsonValueKind.String, onlyAfterFailedParse: true);

    public static Check IntLike { get; } = new(
        value => value?.ValueKind switch
        {
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => true,
            JsonValueKind.String => ProtoJson.TryString(value.Value, out var text)
                && long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            _ => false,
        },
        onlyAfterFailedParse: true);

    public static Check FloatLike { get; } = new(
        value => value?.ValueKind switch
        {
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => true,
            JsonValueKind.String => ProtoJson.TryString(value.Value, out var text)
                && double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            _ => false,
        },
        onlyAfterFailedParse: true);

    public static Check Bool { get; } = new(
        value => value?.ValueKind is JsonValueKind.True or JsonValueKind.False, onlyAfterFailedParse: true);

    public static Check Array { get; } = new(value => value?.ValueKind == JsonValueKind.Array, onlyAfterFailedParse: true);

    public static Check StringItems { get; } = new(
        value => value?.ValueKind == JsonValueKind.Array
            && value.Value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String),
        onlyAfterFailedParse: true);

    /// <summary>True for the checks of the JSON type: they run only when the body was not a valid message anyway.</summary>
    public bool OnlyAfterFailedParse { get; }

    /// <summary>A rule of one endpoint; without a message of its own it complains about the value.</summary>
    public static Check Of(Func<JsonElement?, bool> holds, string? message = null) =>
        new(holds, onlyAfterFailedParse: false, message is null ? null : (_, _) => message);

    /// <inheritdoc cref="Of(Func{JsonElement?, bool}, string?)"/>
    public static Check Of(Func<JsonElement?, bool> holds, Func<JsonElement?, string> message) =>
        new(holds, onlyAfterFailedParse: false, (_, value) => message(value));

    /// <summary>The message when the rule is broken, else null.</summary>
    internal string? Complaint(string name, JsonElement? value) => holds(value) ? null : complaint(name, value) + Suffix;
}
