using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Client;

/// <summary>Reads lists page by page until there are as many entries as were asked for.</summary>
internal static class Pages
{
    /// <summary>Largest page that every list of the product gives.</summary>
    public const int MaxPage = 1000;

    /// <summary>Asks for one page of a size, after the token of the page before.</summary>
    public delegate Task<JsonElement> Source(int size, string? token, CancellationToken ct);

    /// <param name="More">There are entries behind these.</param>
    public sealed record Found(IReadOnlyList<JsonElement> Entries, bool More);

    /// <param name="array">Name of the list in an answer.</param>
    /// <param name="limit">Most entries; null for all.</param>
    public static async Task<Found> ReadAsync(Source source, string array, int? limit, CancellationToken ct, Func<JsonElement, bool>? where = null)
    {
        var entries = new List<JsonElement>();
        string? token = null;
        do
        {
            var page = await source(Math.Min(MaxPage, where is null && limit is { } most ? most - entries.Count : MaxPage), token, ct);
            var next = page.Text("nextPageToken") ?? page.Text("next_page_token");
            entries.AddRange(page.Items(array).Where(where ?? (_ => true)));
            // A server that goes round in circles must not hold its caller.
            token = next is { Length: > 0 } && next != token ? next : null;
        }
        while (token is not null && (limit is null || entries.Count < limit));
        var over = limit is { } end && entries.Count > end;
        return new Found(over ? entries[..limit!.Value] : entries, over || token is not null);
    }

    /// <summary>A list of the product's own API.</summary>
    public static Source Of(PlaneClient client, string path) => (size, token, ct) =>
        client.GetAsync(Query.Of(path, ("limit", size.ToString(CultureInfo.InvariantCulture)), ("pageToken", token)), ct);

    /// <summary>A list of MLflow's API that is asked for with GET.</summary>
    public static Source OfMlflow(PlaneClient client, string path) => (size, token, ct) =>
        client.GetAsync(Query.Of(path, ("max_results", size.ToString(CultureInfo.InvariantCulture)), ("page_token", token)), ct);

    /// <summary>A list of MLflow's API that is asked for with POST.</summary>
    public static Source OfMlflow(PlaneClient client, string path, JsonObject request) => (size, token, ct) =>
    {
        var asked = (JsonObject)request.DeepClone();
        (asked["max_results"], asked["page_token"]) = (size, token);
        return client.PostAsync(path, asked, ct);
    };
}
