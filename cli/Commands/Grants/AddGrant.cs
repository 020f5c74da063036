using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Commands.Roles;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Grants;

/// <summary><c>plane grants add</c></summary>
internal static class AddGrant
{
    public static Command Build()
    {
        var subject = new Argument<string>("subject") { Description = "user:NAME, service:NAME, or group:NAME of the identity provider." };
        var where = new Option<string>("--in") { Description = "Workspace, or a pattern of workspaces; '*' for all.", HelpName = "WORKSPACE", Required = true };
        where.CompletionSources.Add(Names.Workspaces);
        var role = new Option<string?>("--role") { Description = "Role to give: reader, caller, writer, approver, admin, or one of your own.", HelpName = "ROLE" };
        role.CompletionSources.Add("reader", "caller", "writer", "approver", "admin");
        var rule = new Option<string?>("--rule") { Description = $"Or one rule, {RuleText.Form}.", HelpName = "RULE" };
        var name = new Option<string?>("--name") { Description = "With a role: only on resources whose names match this pattern.", HelpName = "PATTERN" };
        return Verb.Of("add", "Give a role, or allow or deny verbs on resources that match.", [subject, where, role, rule, name], async call =>
        {
            if (call.Has(role) == call.Has(rule))
                throw CliException.Usage("One of --role and --rule must be given.");
            if (call.Has(rule) && call.Has(name))
                throw CliException.Usage("--name goes with --role; a rule has its names in itself.");
            var body = call.Get(rule) is { } text ? RuleText.Parse(text) : new JsonObject { ["role"] = call.Get(role), ["name"] = call.Get(name) };
            (body["subject"], body["workspace"]) = (call.Get(subject), call.Get(where));
            var made = await call.Client.PostAsync(GrantCommands.Path, body, call.Ct);
            call.Done($"Grant {made.Text("id")}: {made.Text("subject")} has {GrantCommands.Gives(made)} in {made.Text("workspace")}.", made);
        });
    }
}
