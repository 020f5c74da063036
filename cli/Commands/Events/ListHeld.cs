using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane inbox list</c></summary>
internal static class ListHeld
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Of("CONSUMER", "consumer"), Column.Of("AGGREGATE", "aggregate"), Column.Count("SEQUENCE", "sequence"), Column.Of("TYPE", "type"), Column.Of("STATE", "state"),
        Column.Count("ATTEMPTS", "attempts"), Column.Time("SINCE", "parkedAt"), Column.Of("ERROR", "lastError"),
    ];

    public static Command Build()
    {
        var consumer = new Option<string?>("--consumer") { Description = "Only of this consumer.", HelpName = "NAME" };
        var listing = new Listing();
        return Verb.Of("list", "List deliveries that wait for their predecessor, for their next attempt, or for you.", [consumer, .. listing.Options],
            call => listing.ShowAsync(call, Pages.Of(call.Client, Query.Of($"{EventCommands.Path}/inbox", ("consumer", call.Get(consumer)))), "deliveries", Columns));
    }
}
