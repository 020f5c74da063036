using System.Text;
using System.Text.Json.Nodes;

namespace MlopsPlane.Web.OpenApi;

/// <summary>A JSON schema in the shape of the JSON that it describes, as people read it.</summary>
internal static class SchemaText
{
    private const int MaxDepth = 8;

    /// <param name="schemas">Those that references mean.</param>
    public static string Of(JsonNode? schema, JsonObject schemas)
    {
        var text = new StringBuilder();
        Write(text, schema as JsonObject, schemas, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, JsonObject? schema, JsonObject schemas, int depth)
    {
        schema = Resolve(schema, schemas);
        if (schema is null || depth > MaxDepth)
            text.Append('…');
        else if (schema["enum"] is JsonArray members)
            text.AppendJoin(" | ", members.Select(member => member?.ToJsonString() ?? "null"));
        else if (schema["properties"] is JsonObject properties)
            WriteObject(text, properties, schemas, depth);
        else if (schema["items"] is JsonObject item)
        {
            text.Append('[');
            Write(text, item, schemas, depth);
            text.Append(']');
        }
        else if (schema["additionalProperties"] is JsonObject values)
        {
            text.Append("{ key: ");
            Write(text, values, schemas, depth);
            text.Append(" }");
        }
        else
            text.Append(TypeOf(schema));
    }

    private static void WriteObject(StringBuilder text, JsonObject properties, JsonObject schemas, int depth)
    {
        text.Append("{\n");
        foreach (var (name, property) in properties)
        {
            text.Append(' ', 2 * (depth + 1)).Append(name).Append(": ");
            Write(text, property as JsonObject, schemas, depth + 1);
            text.Append('\n');
        }

        text.Append(' ', 2 * depth).Append('}');
    }

    /// <summary>The schema itself behind a reference, or behind "this or null".</summary>
    private static JsonObject? Resolve(JsonObject? schema, JsonObject schemas)
    {
        for (var step = 0; step < MaxDepth && schema is not null; step++)
        {
            if ((string?)schema["$ref"] is { } reference)
                schema = schemas[reference[(reference.LastIndexOf('/') + 1)..]] as JsonObject;
            else if (schema["oneOf"] is JsonArray choices)
                schema = choices.OfType<JsonObject>().FirstOrDefault(choice => (string?)(choice["type"] as JsonValue) != "null");
            else
                break;
        }

        return schema;
    }

    private static string TypeOf(JsonObject schema)
    {
        var types = schema["type"] is JsonArray several ? several.Select(type => (string?)type) : [(string?)schema["type"]];
        var name = string.Join(" or ", types.Where(type => type is not null && type != "null"));
        return (name, (string?)schema["format"]) switch
        {
            ("", _) => "anything",
            (_, { Length: > 0 } format) => $"{name} ({format})",
            _ => name,
        };
    }
}
