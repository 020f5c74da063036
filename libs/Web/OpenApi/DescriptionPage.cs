using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace MlopsPlane.Web.OpenApi;

/// <summary>The joined document as a page that needs no script and nothing from elsewhere; what is folded up, a browser's search opens.</summary>
internal static class DescriptionPage
{
    private const string Style =
        "body{font:15px/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;color:#1c2430;background:#fff}"
        + "h2{margin-top:2.5rem;border-bottom:1px solid #ccd}nav a{margin-right:1rem}details{border-bottom:1px solid #e4e8ee;padding:.25rem 0}"
        + "summary{cursor:pointer}code,pre{font:13px/1.45 ui-monospace,monospace}pre{background:#f5f7fa;padding:.6rem;overflow:auto}"
        + ".m{display:inline-block;width:4.5rem;font-weight:600;color:#1f5fbf}.m.post,.m.put,.m.patch{color:#14733c}.m.delete{color:#b3261e}"
        + "table{border-collapse:collapse}td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}.d{color:#5a6675}"
        + "@media(prefers-color-scheme:dark){body{color:#dde3ea;background:#14181d}pre{background:#1d232a}details,h2{border-color:#323a44}.m{color:#7fb0ff}"
        + ".m.post,.m.put,.m.patch{color:#6fce97}.m.delete{color:#ff8f87}a{color:#8ab8ff}.d{color:#9aa6b4}}";

    public static string Of(JsonObject joined)
    {
        var operations = OperationsOf(joined).GroupBy(operation => operation.Module, StringComparer.Ordinal).OrderBy(module => module.Key, StringComparer.Ordinal).ToList();
        var schemas = joined["components"]!["schemas"]!.AsObject();
        var page = new StringBuilder("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")
            .Append("<title>MlopsPlane API</title><style>").Append(Style).Append("</style></head><body><h1>MlopsPlane API</h1><p>")
            .Append("Each path also under <code>/w/{workspace}</code>. As a document for tools: <code>curl -H 'Accept: application/json'</code> of this address, or ")
            .AppendJoin(", ", operations.Select(module => $"<a href=\"openapi/{Text(module.Key)}.json\">{Text(module.Key)}.json</a>")).Append(".</p>");
        if ((string?)joined["info"]!["description"] is { } note)
            page.Append("<p><strong>").Append(Text(note)).Append("</strong></p>");
        page.Append("<nav>");
        foreach (var module in operations)
            page.Append($"<a href=\"#{Text(module.Key)}\">{Text(module.Key)} ({module.Count()})</a>");
        page.Append("</nav>");
        foreach (var module in operations)
        {
            page.Append($"<section id=\"{Text(module.Key)}\"><h2>{Text(module.Key)}</h2>");
            foreach (var operation in module.OrderBy(one => one.Path, StringComparer.Ordinal).ThenBy(one => one.Method, StringComparer.Ordinal))
                Write(page, operation, schemas);
            page.Append("</section>");
        }

        return page.Append("</body></html>").ToString();
    }

    private static IEnumerable<Operation> OperationsOf(JsonObject joined) => joined["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()
        .Where(operation => operation.Value is JsonObject)
        .Select(operation => new Operation(path.Key, operation.Key, operation.Value!.AsObject())));

    private static void Write(StringBuilder page, Operation operation, JsonObject schemas)
    {
        var (about, id) = (operation.About, Text(operation.Id));
        page.Append($"<details id=\"{id}\"><summary><span class=\"m {Text(operation.Method)}\">{Text(operation.Method.ToUpperInvariant())}</span>")
            .Append($"<code>{Text(operation.Path)}</code> <span class=\"d\">{Text((string?)about["summary"])}</span></summary>");
        if (about["parameters"] is JsonArray { Count: > 0 } parameters)
        {
            page.Append("<table><tr><th>parameter</th><th>in</th><th>type</th><th></th></tr>");
            foreach (var parameter in parameters.OfType<JsonObject>())
            {
                page.Append($"<tr><td><code>{Text((string?)parameter["name"])}</code></td><td>{Text((string?)parameter["in"])}</td>")
                    .Append($"<td>{Text(SchemaText.Of(parameter["schema"], schemas))}{((bool?)parameter["required"] == true ? ", required" : "")}</td>")
                    .Append($"<td>{Text((string?)parameter["description"])}</td></tr>");
            }

            page.Append("</table>");
        }

        WriteContent(page, "body", about["requestBody"], schemas);
        foreach (var (status, response) in about["responses"]?.AsObject() ?? [])
            WriteContent(page, status, response, schemas);
        page.Append("</details>");
    }

    private static void WriteContent(StringBuilder page, string title, JsonNode? holder, JsonObject schemas)
    {
        if (holder?["content"] is not JsonObject content)
            return;
        foreach (var (type, media) in content)
            page.Append($"<div class=\"d\">{Text(title)} {Text(type)}</div><pre>{Text(SchemaText.Of(media?["schema"], schemas))}</pre>");
    }

    private static string Text(string? text) => HtmlEncoder.Default.Encode(text ?? "");

    private sealed record Operation(string Path, string Method, JsonObject About)
    {
        public string Id => (string?)About["operationId"] ?? $"{Method} {Path}";

        public string Module => Id.Split('.')[0];
    }
}
