using System.CommandLine;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane dead-letters list</c></summary>
internal static class ListDeadLetters
{
    private static readonly IReadOnlyList<Column> Columns = [Column.Of("CONSUMER", "consumer"), Column.Of("QUEUE", "queue"), Column.Count("MESSAGES", "messages")];

    public static Command Build() => Verb.Of("list", "How many messages lie in each dead-letter queue; none without a broker.", [], async call =>
    {
        var depths = await call.Client.GetAsync($"{EventCommands.Path}/dead-letters", call.Ct);
        if (call.Screen.Json)
            call.Screen.Document(new JsonObject { ["queues"] = JsonNode.Parse(depths.GetRawText()) });
        else
            call.Screen.Table(depths.EnumerateArray(), Columns);
    });
}
