using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Roles;

/// <summary>Rules as words: <c>read,write:model:churn-*</c>, with <c>deny:</c> in front for what is taken away.</summary>
internal static class RuleText
{
    public const string Form = "[deny:]VERBS:KIND[:NAMES]";

    public static string Of(JsonElement rule)
    {
        var text = $"{rule.Text("verbs")?.Replace(", ", ",", StringComparison.Ordinal)}:{rule.Text("kind")}";
        var name = rule.Text("name") is { } given and not "*" ? $":{given}" : "";
        return $"{(rule.Text("effect") == "deny" ? "deny:" : "")}{text}{name}";
    }

    /// <summary>The rule that the words say. What its parts may be, the server judges.</summary>
    /// <exception cref="CliException">It has not this form.</exception>
    public static JsonObject Parse(string text)
    {
        var parts = text.Split(':');
        var effect = parts[0] is "deny" or "allow" ? parts[0] : null;
        if (effect is not null)
            parts = parts[1..];
        if (parts.Length < 2 || parts.Any(part => part.Length == 0))
            throw CliException.Usage($"'{text}' is no rule: it must have the form {Form}.", "For example: read,write:model:churn-*");
        return new JsonObject
        {
            ["effect"] = effect ?? "allow",
            ["verbs"] = new JsonArray([.. parts[0].Split(',').Select(verb => (JsonNode)verb.Trim())]),
            ["kind"] = parts[1],
            ["name"] = parts.Length > 2 ? string.Join(':', parts[2..]) : "*",
        };
    }
}
