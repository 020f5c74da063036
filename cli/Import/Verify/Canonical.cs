using System.Globalization;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Import.Source;

namespace MlopsPlane.Cli.Import.Verify;

/// <summary>
/// The lines by which two servers are compared. A thing is named by the id that it has at its source, so that an id that was
/// replaced is no difference; the tag of the importer is left out.
/// </summary>
internal static class Canonical
{
    public const string OriginTag = "mlopsplane.import.origin";

    public static void Experiment(Tally tally, string id, SourceExperiment experiment, string name)
    {
        tally.Add("experiments", id, name, experiment.Stage, Text(experiment.CreationTime), Text(experiment.LastUpdateTime));
        Pairs(tally, "experiment tags", id, experiment.Tags);
    }

    /// <param name="tags">The tags that are expected.</param>
    public static void Run(Tally tally, string id, SourceRun run, IReadOnlyDictionary<string, string> tags)
    {
        tally.Add("runs", id, run.Name, run.UserId, run.Status, Text(run.StartTime), run.EndTime is { } end ? Text(end) : "", run.Stage);
        Pairs(tally, "params", id, run.Params);
        Pairs(tally, "tags", id, tags);
        foreach (var dataset in run.Datasets)
            tally.Add("datasets", id, Written(dataset["dataset"], "name"), Written(dataset["dataset"], "digest"), Written(dataset["dataset"], "source_type"),
                Written(dataset["dataset"], "source"), Written(dataset["dataset"], "schema"), Written(dataset["dataset"], "profile"), Tags(dataset));
        foreach (var input in run.ModelInputs.Distinct())
            tally.Add("model inputs and outputs", id, "in", input);
        foreach (var (model, step) in run.ModelOutputs.DistinctBy(output => output.Key))
            tally.Add("model inputs and outputs", id, "out", model, Text(step));
    }

    public static void History(Tally tally, string run, string key, IReadOnlyList<HistoryPoint> points)
    {
        foreach (var point in points)
            tally.Add("metrics", run, key, Text(point.Timestamp), Text(point.Step), Text(point.Value));
    }

    public static void Artifact(Tally tally, string owner, string path, long size, string sha256) =>
        tally.Add("artifacts", owner, path, Text(size), sha256);

    public static void Model(Tally tally, SourceModel model)
    {
        tally.Add("registered models", model.Name, model.Description, Text(model.CreationTime), Text(model.LastUpdateTime));
        Pairs(tally, "registered model tags", model.Name, model.Tags);
        foreach (var (alias, version) in model.Aliases)
            tally.Add("aliases", model.Name, alias, Text(version));
    }

    public static void Version(Tally tally, string model, SourceVersion version)
    {
        var number = Text(version.Version);
        tally.Add("versions", model, number, Text(version.CreationTime), Text(version.LastUpdateTime), version.Stage, version.Description,
            version.Location, version.RunId, version.RunLink, version.ModelId);
        Pairs(tally, "version tags", $"{model}\0{number}", version.Tags);
    }

    public static void LoggedModel(Tally tally, string id, SourceLoggedModel model)
    {
        tally.Add("logged models", id, model.Name, model.ModelType, model.RunId, model.Status, Text(model.CreationTime), Text(model.LastUpdateTime));
        Pairs(tally, "logged model params", id, model.Params);
        Pairs(tally, "logged model tags", id, model.Tags);
        foreach (var metric in model.Metrics)
            tally.Add("logged model metrics", id, Written(metric, "run_id"), Written(metric, "key"), Written(metric, "timestamp"), Written(metric, "step"),
                Text(HistoryPoint.Of(0, 0, MlflowJson.Value(metric["value"] is { } value ? System.Text.Json.JsonSerializer.SerializeToElement(value) : null)).Value),
                Written(metric, "dataset_name"), Written(metric, "dataset_digest"));
    }

    private static void Pairs(Tally tally, string kind, string of, IReadOnlyDictionary<string, string> pairs)
    {
        foreach (var (key, value) in pairs)
        {
            if (key != OriginTag)
                tally.Add(kind, of, key, value);
        }
    }

    private static string Tags(JsonNode dataset) => string.Join('\0', (dataset["tags"] as JsonArray ?? []).OfType<JsonNode>()
        .Select(tag => $"{Written(tag, "key")}\0{Written(tag, "value")}").Order(StringComparer.Ordinal));

    private static string Written(JsonNode? node, string field) => node?[field] is JsonValue value ? value.ToString() : "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);
}
