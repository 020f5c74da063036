using System.Text.Json;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands;

internal static class Pairs
{
    /// <summary>MLflow's lists of <c>key</c> and <c>value</c> on one line.</summary>
    /// <param name="atMost">Pairs to show.</param>
    public static string Of(JsonElement entry, string path, int atMost = int.MaxValue)
    {
        var pairs = entry.Items(path).ToList();
        var text = string.Join(", ", pairs.Take(atMost).Select(pair => $"{pair.Text("key")}={pair.Text("value")}"));
        return pairs.Count > atMost ? text + ", …" : text;
    }
}
