using System.CommandLine;
using System.Text.Json;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

internal static class DeploymentCommands
{
    public const string Path = "api/v1/serving/deployments";

    public static IReadOnlyList<Column> Columns { get; } =
    [
        Column.Of("NAME", "name"), Column.Of("PHASE", "phase"), new("SERVES", Serves), Column.Of("POOL", "spec.pool"), Column.Count("GENERATION", "generation"),
        Column.Time("CHANGED", "updatedAt"), Column.Of("BY", "updatedBy"), Column.Of("WAITING", "waiting"),
    ];

    public static IEnumerable<Command> Build() =>
    [
        Deploy.Build(),
        Verb.Group("deployments", "Models that are served, and how they fare.",
            ListDeployments.Build(), ShowDeployment.Build(), ShowDeploymentStatus.Build(), ListEvents.Build(), RollBackDeployment.Build(),
            RetryDeployment.Build(), SwitchDeployment.Unload(), SwitchDeployment.Load(), ListReplicas.Build(), DeleteDeployment.Build()),
    ];

    public static Argument<string> NameArgument() => new Argument<string>("name") { Description = "Name of the deployment." }.Completing(Names.Deployments);

    public static string PathOf(string name) => $"{Path}/{Query.Part(name)}";

    /// <summary>What a target serves: <c>main=linear/3 (champion)</c>.</summary>
    private static string Serves(JsonElement deployment) => string.Join(", ", deployment.Items("targets").Select(target =>
        $"{target.Text("variant")}={target.Text("model")}/{target.Text("version")}{(target.Text("alias") is { } alias ? $" ({alias})" : "")}{(target.Flag("rolledBack") ? " rolled back" : "")}"));
}
