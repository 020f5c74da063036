using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Commands.Models;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deploy</c></summary>
internal static class Deploy
{
    public static Command Build()
    {
        var model = ModelCommands.ModelArgument("name/3 for a version, name@alias to follow an alias; models:/ may stand before it.");
        var name = new Option<string?>("--name") { Description = "Name in the inference protocols; that of the model by default.", HelpName = "NAME" };
        var replicas = new Option<int?>("--replicas") { Description = "Replicas that hold it; all of the pool by default.", HelpName = "COUNT" };
        var pool = new Option<string?>("--pool") { Description = "Replicas that may serve it.", HelpName = "NAME" };
        var provider = new Option<string?>("--provider") { Description = "What runs it: cpu, cuda, or another provider of the replicas.", HelpName = "NAME" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be served." };
        var wait = new DeploymentWait();
        return Verb.Of("deploy", "Serve a registered model.", [model, name, replicas, pool, provider, dryRun, .. wait.Options], async call =>
        {
            var reference = ModelReference.Parse(call.Get(model));
            if (reference is { Version: null, Alias: null })
                throw CliException.Usage($"'{call.Get(model)}' names no version.", "Write name/3, or name@alias to follow an alias.");
            var body = new JsonObject { ["model"] = UriOf(reference) };
            foreach (var (field, value) in new (string, JsonNode?)[] { ("name", call.Get(name)), ("replicas", call.Get(replicas)), ("pool", call.Get(pool)) })
            {
                if (value is not null)
                    body[field] = value;
            }

            if (call.Get(provider) is { } kind)
                body["provider"] = new JsonObject { ["kind"] = kind };
            var answer = await call.Client.PostAsync(Query.Of(DeploymentCommands.Path, ("dryRun", call.Get(dryRun) ? "true" : null)), body, call.Ct);
            if (call.Get(dryRun))
            {
                var target = answer.Items("targets").First();
                call.Done($"This would serve version {target.Text("version")} of {target.Text("model")} as '{answer.Text("spec.name")}'.", answer);
                return;
            }

            var made = answer.Text("name")!;
            if (call.Get(wait.Wait))
                await wait.ForAsync(call, made);
            else
                call.Done($"'{made}' is to be served; plane deployments status {made} tells how far it is.", answer);
        });
    }

    private static string UriOf(ModelReference reference) => reference.Alias is { } alias
        ? $"models:/{Uri.EscapeDataString(reference.Name)}@{Uri.EscapeDataString(alias)}"
        : string.Create(CultureInfo.InvariantCulture, $"models:/{Uri.EscapeDataString(reference.Name)}/{reference.Version}");
}
