using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.Mlflow.OpenApi;

/// <summary>JSON schemas of request messages.</summary>
internal static class MessageDescription
{
    public static OpenApiSchema Of(MessageSchema schema) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = schema.Fields.ToDictionary(field => field.Name, IOpenApiSchema (field) => Of(field), StringComparer.Ordinal),
        Required = schema.Fields.Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(StringComparer.Ordinal),
    };

    public static OpenApiSchema Of(Field field) =>
        field.Repeated ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = One(field) } : One(field);

    /// <summary>MLflow's error: a code that clients tell errors apart by, and a message for people.</summary>
    public static OpenApiSchema Error() => new()
    {
        Type = JsonSchemaType.Object,
        Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
        {
            ["error_code"] = new OpenApiSchema { Type = JsonSchemaType.String },
            ["message"] = new OpenApiSchema { Type = JsonSchemaType.String },
        },
        Required = new HashSet<string>(StringComparer.Ordinal) { "error_code", "message" },
    };

    private static OpenApiSchema One(Field field) => field.Kind switch
    {
        FieldKind.Int64 => new OpenApiSchema { Type = JsonSchemaType.Integer | JsonSchemaType.String, Format = "int64" },
        FieldKind.Double => new OpenApiSchema { Type = JsonSchemaType.Number | JsonSchemaType.String, Format = "double" },
        FieldKind.Bool => new OpenApiSchema { Type = JsonSchemaType.Boolean },
        FieldKind.Enum => new OpenApiSchema { Type = JsonSchemaType.String, Enum = [.. field.Members.Select(member => (JsonNode)member)] },
        FieldKind.Message => Of(field.Nested!),
        _ => new OpenApiSchema { Type = JsonSchemaType.String },
    };
}
