using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Folder;

/// <summary>One run's folder: <c>meta.yaml</c>, and a file for each param, tag and metric.</summary>
internal static class FolderRun
{
    private const int MaxTextBytes = 1 << 20;
    private const int MaxLineBytes = 4096;
    private const int MaxPoints = 5_000_000;
    private static readonly string[] Statuses = ["", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];

    /// <param name="path">The run's folder.</param>
    /// <param name="refused">Told of what is left out.</param>
    public static SourceRun Read(string path, string experimentId, Action<string> refused)
    {
        var meta = FlatYaml.Read(Path.Combine(path, "meta.yaml"));
        var tags = Texts(Path.Combine(path, "tags"), refused);
        var name = meta["run_name"] is { Length: > 0 } given ? given : tags.GetValueOrDefault(SourceRun.NameTag, meta["name"]);
        var parameters = new SortedDictionary<string, string>(
            Texts(Path.Combine(path, "params"), refused).ToDictionary(param => param.Key, param => param.Value.Trim()), StringComparer.Ordinal);
        return new SourceRun(
            Path.GetFileName(path), experimentId, name, meta["user_id"], Status(meta["status"]), meta.Number("start_time"),
            meta.Number("end_time") is > 0 and var end ? end : null, meta["lifecycle_stage"] == "deleted" ? "deleted" : "active", meta["artifact_uri"],
            parameters, tags, [.. Keys(Path.Combine(path, "metrics"), refused)], [.. Datasets(path, refused)], [], []);
    }

    /// <summary>Every file below a folder by its path: MLflow writes a key with slashes as folders.</summary>
    public static SortedDictionary<string, string> Texts(string folder, Action<string> refused)
    {
        var texts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in SafeFolder.Files(folder, refused))
            texts[SafeFolder.Below(folder, file)] = SafeFolder.Text(file.FullName, MaxTextBytes);
        return texts;
    }

    /// <summary>Points of a metric: lines of <c>timestamp value step</c>, of which old versions left the step out.</summary>
    public static async Task<List<HistoryPoint>> HistoryAsync(string path, CancellationToken ct)
    {
        var points = new List<HistoryPoint>();
        await using var file = SafeFolder.Open(path);
        var lines = new LineReader(file, MaxLineBytes);
        while (await lines.ReadAsync(ct) is { } line)
        {
            if (line.Length == 0)
                continue;
            if (line.Split(' ') is not [var time, var value, .. var rest] || !Integer(time, out var timestamp) || Number(value) is not { } number
                || !Integer(rest.Length == 0 ? "0" : rest[0], out var step))
                throw new SourceException($"{path} holds a line that is no point: '{line}'.");
            points.Add(HistoryPoint.Of(timestamp, step, number));
            if (points.Count > MaxPoints)
                throw new SourceException($"{path} holds more than {MaxPoints} points.");
        }

        return Histories.Distinct(points);
    }

    private static IEnumerable<string> Keys(string folder, Action<string> refused) =>
        SafeFolder.Files(folder, refused).Select(file => SafeFolder.Below(folder, file)).Order(StringComparer.Ordinal);

    private static IEnumerable<JsonNode> Datasets(string run, Action<string> refused)
    {
        var inputs = Path.Combine(run, "inputs");
        foreach (var name in SafeFolder.Folders(inputs))
        {
            var input = FlatYaml.Read(Path.Combine(inputs, name, "meta.yaml"));
            if (input["source_type"] != "DATASET")
            {
                refused($"input {name} of run {Path.GetFileName(run)} is no dataset");
                continue;
            }

            if (!SafeFolder.IsName(input["source_id"]))
                throw new SourceException($"Input {name} of run {Path.GetFileName(run)} names no dataset.");
            var dataset = FlatYaml.Read(Path.Combine(Path.GetDirectoryName(run)!, "datasets", input["source_id"], "meta.yaml"));
            var shown = new JsonObject();
            foreach (var field in (string[])["name", "digest", "source_type", "source", "schema", "profile"])
            {
                if (dataset[field] is { Length: > 0 } value)
                    shown[field] = value;
            }

            yield return new JsonObject
            {
                ["dataset"] = shown,
                ["tags"] = new JsonArray([.. input.Map("tags").Select(tag => (JsonNode)new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })]),
            };
        }
    }

    private static string Status(string status) =>
        int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number < Statuses.Length ? Statuses[number]
        : status.Length > 0 ? status : "RUNNING";

    private static bool Integer(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static double? Number(string text) => text switch
    {
        "inf" or "Infinity" => double.PositiveInfinity,
        "-inf" or "-Infinity" => double.NegativeInfinity,
        "nan" or "NaN" => double.NaN,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };
}
