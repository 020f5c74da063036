using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MlopsPlane.EndToEnd.Tests.Faults;

/// <summary>One request that is plausible but for one field, so that it gets past the checks of the others.</summary>
/// <param name="Field">The path of the hostile field, e.g. <c>metrics[].value</c>.</param>
internal sealed record FieldCase(string Method, string Path, string Field, bool InQuery, Func<string, string> With);

/// <summary>The operations as the product describes them itself, a case for every field of every message.</summary>
internal static class DescribedOperations
{
    private static readonly string[] Documents = ["access", "tracker", "registry"];

    /// <param name="known">Values of fields that must name something which exists.</param>
    public static async Task<List<FieldCase>> ReadAsync(HttpClient http, IReadOnlyDictionary<string, string> known, CancellationToken ct)
    {
        var cases = new List<FieldCase>();
        foreach (var document in Documents)
        {
            var paths = (await http.GetFromJsonAsync<JsonElement>($"/openapi/{document}.json", ct)).GetProperty("paths");
            foreach (var path in paths.EnumerateObject())
            {
                foreach (var operation in path.Value.EnumerateObject())
                    cases.AddRange(Cases(operation.Name.ToUpperInvariant(), Fill(path.Name, known), operation.Value, known));
            }
        }

        return cases;
    }

    private static IEnumerable<FieldCase> Cases(string method, string path, JsonElement operation, IReadOnlyDictionary<string, string> known)
    {
        if (operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var json)
            && json.GetProperty("schema").TryGetProperty("properties", out var properties))
            return Bodies(method, path, properties, known);
        return operation.TryGetProperty("parameters", out var parameters)
            ? Queries(method, path, [.. parameters.EnumerateArray().Where(one => one.GetProperty("in").GetString() == "query")], known)
            : [];
    }

    private static IEnumerable<FieldCase> Bodies(string method, string path, JsonElement properties, IReadOnlyDictionary<string, string> known)
    {
        foreach (var property in properties.EnumerateObject())
        {
            yield return new(method, path, property.Name, InQuery: false, hostile => Body(properties, known, property.Name, hostile));
            if (!property.Value.TryGetProperty("items", out var item) || !item.TryGetProperty("properties", out var nested))
                continue;
            foreach (var inner in nested.EnumerateObject())
            {
                yield return new(method, path, $"{property.Name}[].{inner.Name}", InQuery: false,
                    hostile => Body(properties, known, property.Name, $"[{Body(nested, known, inner.Name, hostile)}]"));
            }
        }
    }

    private static IEnumerable<FieldCase> Queries(string method, string path, List<JsonElement> parameters, IReadOnlyDictionary<string, string> known) =>
        parameters.Select(parameter => parameter.GetProperty("name").GetString()!).Select(hostileName => new FieldCase(
            method, path, hostileName, InQuery: true, hostile => "?" + string.Join('&', parameters.Select(parameter =>
            {
                var name = parameter.GetProperty("name").GetString()!;
                return $"{name}={Uri.EscapeDataString(name == hostileName ? hostile : Text(name, parameter.GetProperty("schema"), known))}";
            }))));

    private static string Body(JsonElement properties, IReadOnlyDictionary<string, string> known, string hostileName, string hostile) =>
        "{" + string.Join(',', properties.EnumerateObject().Select(property =>
            $"\"{property.Name}\":{(property.Name == hostileName ? hostile : Plausible(property.Name, property.Value, known))}")) + "}";

    private static string Plausible(string name, JsonElement schema, IReadOnlyDictionary<string, string> known)
    {
        if (!schema.TryGetProperty("items", out var item))
            return Scalar(name, schema, known);
        return item.TryGetProperty("properties", out var nested)
            ? $"[{Body(nested, known, "", "")}]"
            : $"[{Scalar(name.TrimEnd('s'), item, known)}]";
    }

    private static string Scalar(string name, JsonElement schema, IReadOnlyDictionary<string, string> known) =>
        IsNumber(schema) || IsBoolean(schema) ? Text(name, schema, known) : JsonValue.Create(Text(name, schema, known)).ToJsonString();

    private static string Text(string name, JsonElement schema, IReadOnlyDictionary<string, string> known)
    {
        if (known.TryGetValue(name, out var value))
            return value;
        if (schema.TryGetProperty("enum", out var members))
            return members[0].GetString()!;
        return IsNumber(schema) ? "1" : IsBoolean(schema) ? "true" : "x";
    }

    private static bool IsNumber(JsonElement schema) => Types(schema).Any(type => type is "integer" or "number");

    private static bool IsBoolean(JsonElement schema) => Types(schema).Contains("boolean");

    private static IEnumerable<string> Types(JsonElement schema) => !schema.TryGetProperty("type", out var type) ? []
        : type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];

    private static string Fill(string path, IReadOnlyDictionary<string, string> known) => string.Join('/', path.Split('/').Select(segment =>
        segment.StartsWith('{') ? known.GetValueOrDefault(segment.Trim('{', '}', '*'), "1") : segment));
}
