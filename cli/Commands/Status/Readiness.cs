using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Status;

/// <summary>Reads the report of <c>/readyz</c>.</summary>
internal static class Readiness
{
    /// <summary>Its checks as a list; none when there is no report.</summary>
    public static IEnumerable<JsonObject> ChecksOf(JsonElement? report) => report?.At("checks") is { ValueKind: JsonValueKind.Object } checks
        ? checks.EnumerateObject().Select(check => new JsonObject { ["name"] = check.Name, ["status"] = check.Value.Text("status"), ["reason"] = check.Value.Text("reason") })
        : [];
}
