using System.Text.Json;

namespace MlopsPlane.Cli.Commands.Events;

/// <summary>Answers that are a number for each service or consumer.</summary>
internal static class Counts
{
    public static void Tell(Call call, JsonElement counts, string verb) => call.Done(
        string.Join('\n', counts.EnumerateObject().Select(count => $"{count.Name}: {count.Value} {verb}").DefaultIfEmpty($"Nothing was {verb}.")), counts);
}
