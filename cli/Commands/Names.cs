using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;
using MlopsPlane.Cli.Settings;

namespace MlopsPlane.Cli.Commands;

/// <summary>Names that a shell offers while a command is written. It must not wait for them long, nor hear of errors.</summary>
internal static class Names
{
    private const int AtMost = 200;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1.5);

    public static Argument<T> Completing<T>(this Argument<T> argument, Func<CompletionContext, IEnumerable<string>> names)
    {
        argument.CompletionSources.Add(names);
        // Help would ask the server for values to show in place of a name.
        argument.HelpName ??= argument.Name;
        return argument;
    }

    public static IEnumerable<string> Workspaces(CompletionContext context) => Ask(context, (client, ct) => client.GetAsync("api/3.0/mlflow/workspaces", ct), "workspaces", "name");

    public static IEnumerable<string> Experiments(CompletionContext context) =>
        Ask(context, (client, ct) => client.PostAsync("api/2.0/mlflow/experiments/search", new JsonObject { ["max_results"] = AtMost }, ct), "experiments", "name");

    public static IEnumerable<string> Deployments(CompletionContext context) =>
        Ask(context, (client, ct) => client.GetAsync($"api/v1/serving/deployments?limit={AtMost}", ct), "deployments", "name");

    /// <summary>Models; behind an @ the aliases of the one before it.</summary>
    public static IEnumerable<string> Models(CompletionContext context)
    {
        var at = context.WordToComplete.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
            return Ask(context, (client, ct) => client.GetAsync($"api/2.0/mlflow/registered-models/search?max_results={AtMost}", ct), "registered_models", "name");
        var model = context.WordToComplete[..at];
        return Ask(context, async (client, ct) => (await client.GetAsync(Query.Of("api/2.0/mlflow/registered-models/get", ("name", model)), ct)).GetProperty("registered_model"), "aliases", "alias")
            .Select(alias => $"{model}@{alias}");
    }

    private static IEnumerable<string> Ask(CompletionContext context, Func<PlaneClient, CancellationToken, Task<JsonElement>> question, string array, string field)
    {
        try
        {
            var parsed = context.ParseResult;
            var target = TargetResolver.Resolve(new(
                parsed.GetValue(CommonOptions.Url), parsed.GetValue(CommonOptions.Profile), parsed.GetValue(CommonOptions.Workspace), parsed.GetValue(CommonOptions.Insecure)), ProfileFile.OfUser());
            using var client = new PlaneClient(target, Longest, TimeProvider.System);
            using var bound = new CancellationTokenSource(Longest);
            var answer = question(client, bound.Token).WaitAsync(bound.Token).GetAwaiter().GetResult();
            // A shell takes one name a line, and what would need escapes cannot be completed.
            return [.. answer.Items(array).Take(AtMost).Select(entry => entry.Text(field) ?? "").Where(name => name.Length > 0 && SafeText.Of(name) == name)];
        }
        catch (Exception failure) when (failure is CliException or OperationCanceledException or InvalidOperationException or KeyNotFoundException)
        {
            return [];
        }
    }
}
