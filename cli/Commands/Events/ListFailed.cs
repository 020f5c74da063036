using System.CommandLine;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane outbox failed</c></summary>
internal static class ListFailed
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        Column.Of("SERVICE", "service"), Column.Count("POSITION", "event.position"), Column.Of("MESSAGE", "event.messageId"), Column.Of("AGGREGATE", "event.aggregate"), Column.Count("SEQUENCE", "event.sequence"),
        Column.Of("TYPE", "event.type"), Column.Count("ATTEMPTS", "event.attempts"), Column.Time("PARKED", "event.parkedAt"), Column.Of("ERROR", "event.lastError"),
    ];

    public static Command Build()
    {
        var listing = new Listing();
        return Verb.Of("failed", "List events that could not be handed on, with the reason.", listing.Options,
            call => listing.ShowAsync(call, Pages.Of(call.Client, $"{EventCommands.Path}/outbox/failed"), "events", Columns));
    }
}
