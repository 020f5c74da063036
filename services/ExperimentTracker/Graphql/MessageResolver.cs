using System.Text;
using System.Text.Json;
using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;
using MlopsPlane.Mlflow.Requests;

namespace MlopsPlane.ExperimentTracker.Graphql;

/// <summary>
/// A field of a message that came as MLflow's JSON: its name in snake case, and where it is not set, what protobuf says of
/// an unset field: empty text, zero, false, no items, an empty message. NaN and the infinities have no JSON number: null.
/// </summary>
internal sealed class MessageResolver : IFieldResolver
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    public static MessageResolver Instance { get; } = new();

    public ValueTask<object?> ResolveAsync(IResolveFieldContext context)
    {
        var name = SnakeCase(context.FieldDefinition.Name);
        var present = context.Source is JsonElement { ValueKind: JsonValueKind.Object } message && message.TryGetProperty(name, out var found) ? found : default;
        return new(Read(context.FieldDefinition.ResolvedType!, present));
    }

    /// <summary><c>runId</c> as <c>run_id</c>.</summary>
    public static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 4);
        foreach (var c in name)
            _ = char.IsAsciiLetterUpper(c) ? text.Append('_').Append(char.ToLowerInvariant(c)) : text.Append(c);
        return text.ToString();
    }

    private static object? Read(IGraphType type, JsonElement value) => (type is NonNullGraphType required ? required.ResolvedType! : type) switch
    {
        ListGraphType list => value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray().Select(item => Read(list.ResolvedType!, item)).ToList()
            : Array.Empty<object?>(),
        { Name: "ApiError" } => null,
        IObjectGraphType => value.ValueKind == JsonValueKind.Object ? value : Nothing,
        EnumerationGraphType => value.ValueKind == JsonValueKind.String ? value.GetString() : null,
        BooleanGraphType => value.ValueKind == JsonValueKind.True,
        FloatGraphType when value.ValueKind == JsonValueKind.String => null,
        FloatGraphType => ProtoJson.TryDouble(value, out var number) ? number : 0d,
        LongStringType => ProtoJson.TryInt64(value, out var number) ? number : 0L,
        _ => ProtoJson.TryString(value, out var text) ? text : "",
    };
}
