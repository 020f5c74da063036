using System.CommandLine;
using System.Text.Json.Nodes;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary><c>plane outbox depth</c></summary>
internal static class ShowDepth
{
    public static Command Build() => Verb.Of("depth", "How many events wait, were given up, or are held back, by service.", [], async call =>
    {
        var depths = await call.Client.GetAsync($"{EventCommands.Path}/outbox", call.Ct);
        if (call.Screen.Json)
            call.Screen.Document(new JsonObject { ["services"] = JsonNode.Parse(depths.GetRawText()) });
        else
            call.Screen.Table(depths.EnumerateArray(), EventCommands.DepthColumns);
    });
}
