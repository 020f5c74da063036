using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary>Answers that are a number for each service or consumer.</summary>
internal static class Counts
{
    public static void Tell(Call call, JsonElement counts, string heading)
    {
        if (call.Screen.Json)
            call.Screen.Document(counts);
        else
            call.Screen.Table(
                counts.EnumerateObject().Select(count => JsonElement.Parse(new JsonObject { ["name"] = count.Name, ["count"] = count.Value.GetRawText() }.ToJsonString())),
                [Column.Of(heading, "name"), Column.Count("REPLAYED", "count")]);
    }
}
