using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Search;

namespace MlopsPlane.ExperimentTracker.LoggedModels.Search;

/// <summary>The page token of this search carries the search itself, and MLflow says which part of it does not match.</summary>
internal static class LoggedModelPageToken
{
    private const int MaxLength = 500_000;

    /// <param name="position">The position's own token.</param>
    public static string Encode(JsonArray experimentIds, string? filter, JsonArray? orderBy, string position)
    {
        var content = new JsonObject
        {
            ["experiment_ids"] = experimentIds.DeepClone(), ["filter_string"] = filter, ["order_by"] = orderBy?.DeepClone(), ["position"] = position,
        };
        return Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(content, LoggedModelTokenJson.Default.JsonObject));
    }

    /// <summary>The position's own token; null on the first page.</summary>
    /// <exception cref="Primitives.PlaneException">400: the token is malformed, or of another search.</exception>
    public static string? Decode(string? token, JsonArray experimentIds, string? filter, JsonArray? orderBy)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        var bytes = new byte[Math.Min(token.Length, MaxLength)];
        if (token.Length > MaxLength || !Convert.TryFromBase64String(token, bytes, out var length))
            throw MlflowErrors.Invalid("Invalid page token: it is not base64.");
        try
        {
            var content = JsonSerializer.Deserialize(bytes.AsSpan(0, length), LoggedModelTokenJson.Default.JsonElement);
            if (content.ValueKind == JsonValueKind.Object)
                return PositionIn(content, experimentIds, filter, orderBy);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // Told below, together with tokens that hold some other JSON.
        }

        throw MlflowErrors.Invalid($"Invalid page token: {PythonRepr.Of(bytes.AsSpan(0, length))}.");
    }

    private static string? PositionIn(JsonElement content, JsonArray experimentIds, string? filter, JsonArray? orderBy)
    {
        Check("Experiment IDs in the page token do not match the requested experiment IDs", experimentIds, content, "experiment_ids");
        Check("Filter string in the page token does not match the requested filter string", filter is null ? null : JsonValue.Create(filter), content, "filter_string");
        Check("Order by in the page token does not match the requested order by", orderBy, content, "order_by");
        if (content.TryGetProperty("position", out var position) && ProtoJson.TryString(position, out var text))
            return text;
        // MLflow's own form counts rows.
        return content.TryGetProperty("offset", out var offset) && ProtoJson.TryInt64(offset, out var rows) && rows > 0 ? PageToken.AtOffset(rows) : null;
    }

    private static void Check(string complaint, JsonNode? expected, JsonElement token, string name)
    {
        var asked = JsonSerializer.SerializeToElement(expected, LoggedModelTokenJson.Default.JsonNode!);
        var found = token.TryGetProperty(name, out var value) ? value : default;
        if (PythonRepr.Of(asked) != PythonRepr.Of(found))
            throw MlflowErrors.Invalid($"{complaint}. Expected: {Show(asked)}. Found: {Show(found)}");
    }

    /// <summary>A text stands in the message as it is, everything else as Python shows it.</summary>
    private static string Show(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && ProtoJson.TryString(value, out var text) ? text : PythonRepr.Of(value);
}

[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonNode))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class LoggedModelTokenJson : JsonSerializerContext;
