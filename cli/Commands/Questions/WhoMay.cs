using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Questions;

/// <summary><c>plane who-may</c></summary>
internal static class WhoMay
{
    public static Command Build()
    {
        var verb = new Argument<string>("verb") { Description = "read, write, infer, approve or admin." };
        verb.CompletionSources.Add("read", "write", "infer", "approve", "admin");
        var kind = new Argument<string>("kind") { Description = "Kind of resource: workspace, experiment, model, webhook, job, deployment, monitor, cost, access, operations." };
        kind.CompletionSources.Add("workspace", "experiment", "model", "webhook", "job", "deployment", "monitor", "cost", "access", "operations");
        var where = new Option<string?>("--in") { Description = "In this workspace; in all of them when absent.", HelpName = "WORKSPACE" };
        where.CompletionSources.Add(Names.Workspaces);
        var name = new Option<string?>("--name") { Description = "On the resource of this name; on some at least when absent.", HelpName = "NAME" };
        return Verb.Of("who-may", "Who may do something, and by which rules.", [verb, kind, where, name], async call =>
        {
            var answer = await call.Client.GetAsync(Query.Of(
                "api/v1/access/who-may", ("verb", call.Get(verb)), ("kind", call.Get(kind)), ("workspace", call.Get(where)), ("name", call.Get(name))), call.Ct);
            if (call.Screen.Json)
                call.Screen.Document(answer);
            else
                call.Screen.Table(answer.Items("allowed").SelectMany(WithSubject), [Column.Of("SUBJECT", "subject"), .. RuleColumns.Of]);
        });
    }

    /// <summary>A line for each rule, which tells whose it is.</summary>
    private static IEnumerable<JsonElement> WithSubject(JsonElement entry) => entry.Items("by").Select(rule =>
    {
        var line = (JsonObject)JsonNode.Parse(rule.GetRawText())!;
        line["subject"] = entry.Text("subject");
        return JsonElement.Parse(line.ToJsonString());
    });
}
