using System.Text.Json.Nodes;

namespace MlopsPlane.Web.OpenApi;

/// <summary>Makes one OpenAPI document of those of several modules.</summary>
public static class JoinedDescription
{
    private const string SchemaReference = "#/components/schemas/";

    /// <summary>Every operation of every document. Schemas get their module's name in front, since two modules may mean different things by one name.</summary>
    /// <param name="missing">Modules whose document could not be had now.</param>
    public static JsonObject Join(IEnumerable<(string Module, JsonObject Document)> documents, IReadOnlyList<string> missing)
    {
        var (paths, schemas, version) = (new JsonObject(), new JsonObject(), "3.1.1");
        foreach (var (module, original) in documents)
        {
            var document = original.DeepClone().AsObject();
            Rename(document, module);
            version = (string?)document["openapi"] ?? version;
            foreach (var (path, operations) in Taken(document["paths"]))
            {
                var known = paths[path] as JsonObject;
                if (known is null)
                    paths[path] = known = new JsonObject();
                // What every process answers for itself stands in each document.
                foreach (var (method, operation) in Taken(operations))
                    known.TryAdd(method, operation);
            }

            foreach (var (name, schema) in Taken(document["components"]?["schemas"]))
                schemas[$"{module}.{name}"] = schema;
        }

        var joined = new JsonObject
        {
            ["openapi"] = version,
            ["info"] = new JsonObject { ["title"] = "MlopsPlane", ["version"] = "v1" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
        if (missing.Count > 0)
            joined["info"]!["description"] = $"Not answering now, so left out: {string.Join(", ", missing)}.";
        return joined;
    }

    /// <summary>The members, taken out so that they can be put elsewhere.</summary>
    private static List<KeyValuePair<string, JsonNode?>> Taken(JsonNode? node)
    {
        if (node is not JsonObject holder)
            return [];
        var members = holder.ToList();
        holder.Clear();
        return members;
    }

    private static void Rename(JsonNode? node, string module)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Rename(item, module);
        }
        else if (node is JsonObject members)
        {
            if (members["$ref"] is JsonValue reference && (string?)reference is { } target && target.StartsWith(SchemaReference, StringComparison.Ordinal))
                members["$ref"] = $"{SchemaReference}{module}.{target[SchemaReference.Length..]}";
            foreach (var member in members)
                Rename(member.Value, module);
        }
    }
}
