using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments status</c></summary>
internal static class ShowDeploymentStatus
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Of("REPLICA", "replica"), Column.Of("VARIANT", "variant"), Column.Count("VERSION", "version"), new("STATE", State), Column.Count("PROGRESS", "progress"),
        Column.Of("PROVIDER", "provider"), Column.Count("MEMORY", "memoryBytes"), Column.Time("SINCE", "updatedAt"), new("REASON", entry => entry.Text("reason") ?? entry.Text("fallbackReason")),
    ];

    public static Command Build()
    {
        var name = DeploymentCommands.NameArgument();
        var wait = new DeploymentWait();
        return Verb.Of("status", "Show how a deployment is, on each replica.", [name, .. wait.Options], async call =>
        {
            if (call.Get(wait.Wait))
            {
                await wait.ForAsync(call, call.Get(name));
                return;
            }

            var status = await call.Client.GetAsync($"{DeploymentCommands.PathOf(call.Get(name))}/status", call.Ct);
            if (call.Screen.Json)
            {
                call.Screen.Document(status);
                return;
            }

            call.Screen.Line($"{status.Text("name")} is {status.Text("phase")} (generation {status.Text("generation")}).");
            foreach (var message in status.Items("conditions").Select(condition => condition.Text("message")).OfType<string>())
                call.Screen.Line(message);
            if (status.Items("placements").Any())
                call.Screen.Line($"It is placed on {string.Join(", ", status.Items("placements").Select(Placement))}.");
            call.Screen.Table(status.Items("replicas"), Columns);
        });
    }

    private static string Placement(JsonElement placement) =>
        $"{placement.Text("name")} ({placement.Text("reason")}{(placement.Flag("silent") ? ", silent" : "")})";

    private static string State(JsonElement replica) => replica.Flag("silent") ? $"{replica.Text("state")} (silent)" : replica.Text("state") ?? "";
}
