using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;

namespace MlopsPlane.Cli.Commands.Roles;

/// <summary><c>plane roles set</c></summary>
internal static class SetRole
{
    public static Command Build()
    {
        var name = new Argument<string>("name") { Description = "Name of the role." };
        var rules = new Option<string[]>("--rule")
        {
            Description = $"A rule, {RuleText.Form}; may be repeated. Verbs: read, write, infer, approve, admin.", HelpName = "RULE", Required = true,
        };
        var description = new Option<string?>("--description") { Description = "Who it is for.", HelpName = "TEXT" };
        return Verb.Of("set", "Make a role, or give it other rules for everybody who has it.", [name, rules, description], async call =>
        {
            var role = await call.Client.SendAsync(HttpMethod.Put, $"{RoleCommands.Path}/{Query.Part(call.Get(name))}", new JsonObject
            {
                ["description"] = call.Get(description), ["rules"] = new JsonArray([.. call.Get(rules)!.Select(rule => (JsonNode)RuleText.Parse(rule))]),
            }, call.Ct);
            call.Done($"Role '{call.Get(name)}' is set.", role);
        });
    }
}
