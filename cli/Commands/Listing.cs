using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Client;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands;

/// <summary>The two options of commands that show lists, and how such lists are shown.</summary>
internal sealed class Listing
{
    private const int DefaultLimit = 50;

    private readonly Option<int> limit = new("--limit") { Description = "Most entries to show.", HelpName = "COUNT", DefaultValueFactory = _ => DefaultLimit };
    private readonly Option<bool> all = new("--all") { Description = "Show every entry." };

    public Listing() => limit.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() < 1)
            result.AddError("'--limit' must be at least 1.");
    });

    public IEnumerable<Option> Options => [limit, all];

    /// <summary>Reads a list as far as it was asked for and shows it.</summary>
    /// <param name="array">Name of the list in the server's answers, and in the JSON that is shown.</param>
    /// <param name="where">Entries that this command is about; null for all.</param>
    public async Task ShowAsync(Call call, Pages.Source source, string array, IReadOnlyList<Column> columns, Func<JsonElement, bool>? where = null)
    {
        var found = await Pages.ReadAsync(source, array, call.Get(all) ? null : call.Get(limit), call.Ct, where);
        Show(call, array, found, columns);
    }

    private static void Show(Call call, string array, Pages.Found found, IReadOnlyList<Column> columns)
    {
        if (call.Screen.Json)
        {
            call.Screen.Document(new JsonObject
            {
                [array] = new JsonArray([.. found.Entries.Select(entry => JsonNode.Parse(entry.GetRawText()))]),
                ["more"] = found.More,
            });
            return;
        }

        call.Screen.Table(found.Entries, columns);
        if (found.More)
            call.Screen.Message($"These are the first {found.Entries.Count}; --limit COUNT shows more of them, --all every one.");
    }
}
