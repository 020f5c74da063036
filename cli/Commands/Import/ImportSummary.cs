using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Commands.Import;

/// <summary>Shows a report: as it is to programs, the gist of it to people.</summary>
internal static class ImportSummary
{
    /// <summary>Entries of a list that are shown; the report's file has more.</summary>
    private const int MaxShown = 20;

    private static readonly IReadOnlyList<Column> Kinds =
    [
        Column.Of("KIND", "kind"), Column.Count("SOURCE", "source.count"), Column.Count("HERE", "destination.count"), Column.Of("EQUAL", "equal"),
        Column.Of("DIGEST", "destination.digest"),
    ];

    public static void Show(Screen screen, JsonObject document, bool dryRun)
    {
        if (screen.Json)
        {
            screen.Document(document);
            return;
        }

        var report = JsonSerializer.SerializeToElement(document);
        if (dryRun)
        {
            foreach (var count in report.GetProperty("counts").EnumerateObject())
                screen.Line($"{count.Name}: {count.Value}");
            Lines(screen, "names taken here", [.. report.Items("namesTaken").Select(name => name.GetString()!)]);
            Lines(screen, "ids taken here, which get others", [.. report.Items("idsTaken").Select(id => id.GetString()!)]);
            Lines(screen, "artifacts that cannot be reached", [.. report.Items("unreachableArtifacts").Select(what => what.GetString()!)]);
            return;
        }

        screen.Table(report.Items("kinds"), Kinds);
        foreach (var kind in report.GetProperty("replaced").EnumerateObject())
            Lines(screen, $"replaced: {kind.Name}", [.. kind.Value.Items("entries").Select(one => $"{one.Text("source")} -> {one.Text("destination")}")], kind.Value.Number("count"));
        Lines(screen, "left out", Entries(report, "skipped"), report.Number("skipped.count"));
        Lines(screen, "could not be imported", Entries(report, "failures"), report.Number("failures.count"));
        Lines(screen, "differ", [.. report.Items("mismatches.entries").Select(one =>
            $"{one.Text("kind")} of {one.Text("of")}: {one.Text("source")} at the source, {one.Text("destination")} here")], report.Number("mismatches.count"));
        screen.Line(report.Flag("verified") ? "Verified: everything that was imported is here and equal." : "Not verified.");
    }

    private static List<string> Entries(JsonElement report, string list) =>
        [.. report.Items($"{list}.entries").Select(one => $"{one.Text("what")}: {one.Text("reason")}")];

    private static void Lines(Screen screen, string heading, List<string> lines, long? count = null)
    {
        if (lines.Count == 0)
            return;
        screen.Line($"{heading} ({count ?? lines.Count}):");
        foreach (var line in lines.Take(MaxShown))
            screen.Line($"  {line}");
        if ((count ?? lines.Count) > MaxShown)
            screen.Line("  …");
    }
}
