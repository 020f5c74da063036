using System.Text.Json;

namespace MlopsPlane.Mlflow.Requests;

/// <summary>The fields of a request message, in the order in which MLflow checks them.</summary>
public sealed class MessageSchema(params Field[] fields)
{
    public IReadOnlyList<Field> Fields { get; } = fields;

    /// <summary>Old clients may name the run by <c>run_uuid</c> here.</summary>
    internal bool TakesLegacyRunId { get; } = fields.Any(field => field.Name == "run_uuid");

    /// <summary>Finds a field by its proto name or by the camel-case name that protobuf's JSON accepts as well.</summary>
    internal static bool TryGet(JsonElement message, Field field, out JsonElement value) =>
        (message.TryGetProperty(field.Name, out value) || (field.CamelName is { } camel && message.TryGetProperty(camel, out value)))
        && value.ValueKind != JsonValueKind.Null;

    /// <summary>Whether every present field converts to its proto type; <paramref name="bad"/> names the first that does not.</summary>
    internal bool Accepts(JsonElement message, out string? bad)
    {
        bad = null;
        foreach (var field in Fields)
        {
            if (TryGet(message, field, out var value) && !field.Accepts(value))
            {
                bad = field.Name;
                return false;
            }
        }

        return true;
    }
}

/// <summary>One field of a message.</summary>
public sealed class Field
{
    private readonly Func<JsonElement, bool> acceptsOne;
    private readonly bool repeated;

    private Field(string name, FieldKind kind, bool repeated, Func<JsonElement, bool> acceptsOne, Check[] checks)
    {
        Name = name;
        Kind = kind;
        CamelName = Camel(name);
        this.repeated = repeated;
        this.acceptsOne = acceptsOne;
        Checks = checks;
    }

    public string Name { get; }

    /// <summary>The proto type, of each item where the field is repeated.</summary>
    public FieldKind Kind { get; }

    /// <summary>A request without the field is refused.</summary>
    public bool IsRequired => Checks is [var first, ..] && ReferenceEquals(first, Check.Required);

    /// <summary>The fields of a message's items.</summary>
    public MessageSchema? Nested { get; private init; }

    /// <summary>The names of an enum's members.</summary>
    public IReadOnlyList<string> Members { get; private init; } = [];

    /// <summary>A query parameter of this name may come several times.</summary>
    public bool Repeated => repeated;

    /// <summary>Query values of booleans are text and must be <c>true</c> or <c>false</c>.</summary>
    public bool IsBoolean => Kind == FieldKind.Bool;

    internal string? CamelName { get; }

    internal Check[] Checks { get; }

    public static Field String(string name, params Check[] checks) => new(name, FieldKind.Text, repeated: false, value => ProtoJson.TryString(value, out _), checks);

    public static Field Strings(string name, params Check[] checks) => new(name, FieldKind.Text, repeated: true, value => ProtoJson.TryString(value, out _), checks);

    /// <summary>Text that may also come as a number or boolean: ids, which MLflow turns into text before it parses.</summary>
    public static Field Id(string name, params Check[] checks) => new(name, FieldKind.Id, repeated: false, IsScalar, checks);

    /// <inheritdoc cref="Id"/>
    public static Field Ids(string name, params Check[] checks) => new(name, FieldKind.Id, repeated: true, IsScalar, checks);

    public static Field Int64(string name, params Check[] checks) => new(name, FieldKind.Int64, repeated: false, value => ProtoJson.TryInt64(value, out _), checks);

    public static Field Double(string name, params Check[] checks) => new(name, FieldKind.Double, repeated: false, value => ProtoJson.TryDouble(value, out _), checks);

    public static Field Bool(string name, params Check[] checks) =>
        new(name, FieldKind.Bool, repeated: false, value => value.ValueKind is JsonValueKind.True or JsonValueKind.False, checks);

    /// <summary>An enum by name or number; an unknown name leaves the field unset, an unknown number is refused.</summary>
    public static Field Enum(string name, ProtoEnum type, params Check[] checks) => new(name, FieldKind.Enum, repeated: false, type.Accepts, checks) { Members = type.Names };

    public static Field Message(string name, MessageSchema schema, params Check[] checks) =>
        new(name, FieldKind.Message, repeated: false, value => value.ValueKind == JsonValueKind.Object && schema.Accepts(value, out _), checks) { Nested = schema };

    public static Field Messages(string name, MessageSchema schema, params Check[] checks) =>
        new(name, FieldKind.Message, repeated: true, value => value.ValueKind == JsonValueKind.Object && schema.Accepts(value, out _), checks) { Nested = schema };

    internal bool Accepts(JsonElement value)
    {
        if (!repeated)
            return acceptsOne(value);
        if (value.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var item in value.EnumerateArray())
        {
            if (!acceptsOne(item))
                return false;
        }

        return true;
    }

    private static bool IsScalar(JsonElement value) =>
        value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False || ProtoJson.TryString(value, out _);

    private static string? Camel(string name)
    {
        if (!name.Contains('_', StringComparison.Ordinal))
            return null;
        var parts = name.Split('_');
        return parts[0] + string.Concat(parts.Skip(1).Select(part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
    }
}

/// <summary>The proto types that requests use.</summary>
public enum FieldKind
{
    Text,

    /// <summary>Text that may come as a number as well.</summary>
    Id,
    Int64,
    Double,
    Bool,
    Enum,
    Message,
}
