using System.CommandLine;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary>What operators do about events between services.</summary>
internal static class EventCommands
{
    public const string Path = "api/v1/events";

    public static IReadOnlyList<Column> DepthColumns { get; } =
    [
        Column.Of("SERVICE", "service"), Column.Count("WAITING", "waiting"), Column.Count("PARKED", "parked"), new("OLDEST", OldestSeconds, ToTheRight: true),
        Column.Count("GAPS", "gaps"), Column.Count("DELAYED", "delayed"), Column.Count("DEAD", "dead"),
    ];

    public static IEnumerable<Command> Build() =>
    [
        Verb.Group("outbox", "Events that services have not handed on yet.", ShowDepth.Build(), ListFailed.Build(), ReplayOutbox.Build(), SkipEvent.Build()),
        Verb.Group("inbox", "Deliveries that consumers hold back.", ListHeld.Build(), ReplayInbox.Build(), SkipDelivery.Build()),
        Verb.Group("dead-letters", "Messages that no consumer could read.", ListDeadLetters.Build(), ReplayDeadLetters.Build()),
    ];

    private static string? OldestSeconds(System.Text.Json.JsonElement depth) =>
        double.TryParse(depth.Text("oldestSeconds"), out var seconds) && seconds > 0 ? $"{seconds:0.0} s" : null;
}
