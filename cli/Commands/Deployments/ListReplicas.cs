using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments replicas</c></summary>
internal static class ListReplicas
{
    private const string Path = "api/v1/serving/replicas";

    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Of("NAME", "name"), Column.Of("ID", "id"), Column.Of("POOL", "pool"), new("PROVIDERS", replica => string.Join(",", replica.Items("providers").Select(one => one.GetString()))),
        Column.Count("DEPLOYMENTS", "deployments"), Column.Count("USED", "memoryUsedBytes"), Column.Count("BUDGET", "memoryBudgetBytes"),
        new("STATE", replica => replica.Flag("silent") ? "silent" : replica.Flag("leads") ? "leads" : "alive"), Column.Time("REPORTED", "reportedAt"),
    ];

    public static Command Build()
    {
        var pool = new Option<string?>("--pool") { Description = "Only those of this pool.", HelpName = "NAME" };
        var listing = new Listing();
        return Verb.Of("replicas", "List the processes that serve models, and what they have to serve with.", [pool, .. listing.Options],
            call => listing.ShowAsync(call, Pages.Of(call.Client, Query.Of(Path, ("pool", call.Get(pool)))), "replicas", Columns));
    }
}
