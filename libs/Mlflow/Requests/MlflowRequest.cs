using System.Buffers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>Reads a request of MLflow's REST API: the query of a GET, else the JSON body, with MLflow's checks.</summary>
public static class MlflowRequest
{
    /// <summary>How deep a message may be nested.</summary>
    internal const int MaxDepth = 100;

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = MaxDepth };
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    /// <exception cref="Primitives.PlaneException">400 with MLflow's message when the request breaks a rule.</exception>
    public static async ValueTask<MlflowMessage> ReadAsync(HttpContext http, MessageSchema schema)
    {
        var request = http.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.QueryString.HasValue || request.Query.Count == 0)
            return Parse(http, schema, await ReadBodyAsync(http));
        var message = FromQuery(http, schema);
        Validate(message, schema, malformed: false);
        return Named(http, schema, new MlflowMessage(message, schema));
    }

    /// <summary>The body, unread, for <see cref="Parse"/> or for a reader that knows the message better.</summary>
    /// <exception cref="Primitives.PlaneException">400: the content type of a POST or PUT is not JSON.</exception>
    public static ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsPost(request.Method) || HttpMethods.IsPut(request.Method))
            CheckContentType(request.ContentType);
        return RequestBody.ReadAsync(http);
    }

    /// <inheritdoc cref="ReadAsync"/>
    public static MlflowMessage Parse(HttpContext http, MessageSchema schema, ReadOnlyMemory<byte> body)
    {
        var (message, malformed) = FromBody(http, body);
        Validate(message, schema, malformed);
        return Named(http, schema, new MlflowMessage(message, schema));
    }

    /// <summary>Where the caller may use resources of some names only, every name that the message holds must be one of them.</summary>
    private static MlflowMessage Named(HttpContext http, MessageSchema schema, MlflowMessage message)
    {
        if (http.NameGate() is not { InMessage: true } gate)
            return message;
        // A message that has no name passes no gate.
        gate.Require(NameIn(message, schema, "name") ?? "");
        if (NameIn(message, schema, "new_name") is { } another)
            gate.Require(another);
        return message;
    }

    private static string? NameIn(MlflowMessage message, MessageSchema schema, string field) =>
        schema.Fields.Any(known => known.Name == field) ? message.String(field) : null;

    private static void CheckContentType(string? contentType)
    {
        if (string.IsNullOrEmpty(contentType))
            throw MlflowErrors.Invalid("Bad Request. Content-Type header is missing.");
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        var type = (end < 0 ? contentType.AsSpan() : contentType.AsSpan(0, end)).Trim();
        if (!type.Equals("application/json", StringComparison.OrdinalIgnoreCase))
            throw MlflowErrors.Invalid("Bad Request. Content-Type must be one of ['application/json'].");
    }

    private static JsonElement FromQuery(HttpContext http, MessageSchema schema)
    {
        var query = http.Request.Query;
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var field in schema.Fields)
            {
                if (!query.TryGetValue(field.Name, out var values) || values.Count == 0)
                    continue;
                writer.WritePropertyName(field.Name);
                WriteValue(writer, field, values);
            }

            writer.WriteEndObject();
        }

        return ParseJson(http, buffer.WrittenMemory).RootElement;
    }

    private static void WriteValue(Utf8JsonWriter writer, Field field, Microsoft.Extensions.Primitives.StringValues values)
    {
        if (field.Repeated)
        {
            writer.WriteStartArray();
            foreach (var value in values)
                writer.WriteStringValue(value);
            writer.WriteEndArray();
            return;
        }

        var text = values[0] ?? "";
        if (!field.IsBoolean)
            writer.WriteStringValue(text);
        else if (bool.TryParse(text, out var flag))
            writer.WriteBooleanValue(flag);
        else
            throw MlflowErrors.Invalid($"Invalid boolean value: {text}, must be 'true' or 'false'.");
    }

    /// <summary>The body as an object; unreadable bodies count as empty, so that the first missing parameter is named.</summary>
    private static (JsonElement Message, bool Malformed) FromBody(HttpContext http, ReadOnlyMemory<byte> body)
    {
        if (body.Length == 0)
            return (Empty, false);
        try
        {
            var root = ParseJson(http, body).RootElement;
            // Old clients send the JSON text once more as a JSON string.
            if (root.ValueKind == JsonValueKind.String && ProtoJson.TryString(root, out var inner))
                root = ParseJson(http, body = Encoding.UTF8.GetBytes(inner)).RootElement;
            if (ProtoJson.HasBrokenName(body.Span))
                return (Empty, true);
            return root.ValueKind switch
            {
                JsonValueKind.Object => (root, false),
                JsonValueKind.Null => (Empty, false),
                _ => (Empty, true),
            };
        }
        catch (JsonException)
        {
            return (Empty, true);
        }
    }

    /// <summary>The document's index is rented memory, given back when the request ends.</summary>
    private static JsonDocument ParseJson(HttpContext http, ReadOnlyMemory<byte> utf8)
    {
        var document = JsonDocument.Parse(utf8, Json);
        http.Response.RegisterForDispose(document);
        return document;
    }

    private static void Validate(JsonElement message, MessageSchema schema, bool malformed)
    {
        string? bad = null;
        var parsed = !malformed && schema.Accepts(message, out bad);
        foreach (var field in schema.Fields)
        {
            var present = message.TryGetProperty(field.Name, out var value);
            if (field.Name == "run_id" && schema.TakesLegacyRunId && (!present || value.ValueKind == JsonValueKind.Null))
                present = message.TryGetProperty("run_uuid", out value) || present;
            foreach (var check in field.Checks)
            {
                if ((check.OnlyAfterFailedParse && parsed) || (!present && !ReferenceEquals(field.Checks[0], Check.Required)))
                    continue;
                if (check.Complaint(field.Name, present ? value : null) is { } complaint)
                    throw MlflowErrors.Invalid(complaint);
            }
        }

        if (malformed)
            throw MlflowErrors.Invalid("Bad Request. The body must be a JSON object.");
        if (!parsed)
            throw MlflowErrors.Invalid($"Invalid value for parameter '{bad}' supplied: it is not of the parameter's type. See the API docs for more information about request parameters.");
    }
}
