using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Deployments;

/// <summary><c>plane deployments events</c></summary>
internal static class ListEvents
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Time("AT", "at"), Column.Of("SEVERITY", "severity"), Column.Of("TYPE", "type"), Column.Of("REPLICA", "replica"), Column.Of("ACTOR", "actor"), Column.Of("MESSAGE", "message"),
    ];

    public static Command Build()
    {
        var name = DeploymentCommands.NameArgument();
        var severity = new Option<string?>("--severity") { Description = "Only those of this severity." };
        severity.AcceptOnlyFromAmong("info", "warning", "error");
        var listing = new Listing();
        return Verb.Of("events", "What happened to a deployment, newest first.", [name, severity, .. listing.Options], call => listing.ShowAsync(call,
            Pages.Of(call.Client, Query.Of($"{DeploymentCommands.PathOf(call.Get(name))}/events", ("severity", call.Get(severity)))), "events", Columns));
    }
}
