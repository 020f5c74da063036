using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlopsPlane.Cli.Output;

namespace MlopsPlane.Cli.Import.Source;

/// <summary>MLflow's messages as servers of versions 1 to 3 write them: anything may be missing, numbers may come as text.</summary>
internal static class MlflowJson
{
    public static SourceExperiment Experiment(JsonElement experiment) => new(
        experiment.Text("experiment_id") ?? throw new SourceException("An experiment has no id."), experiment.Text("name") ?? "", Stage(experiment),
        experiment.Number("creation_time") ?? 0, experiment.Number("last_update_time") ?? 0, Pairs(experiment, "tags"));

    public static SourceRun Run(JsonElement run)
    {
        var tags = Pairs(run, "data.tags");
        var info = run.At("info") ?? throw new SourceException("A run has no info.");
        return new SourceRun(
            info.Text("run_id") ?? info.Text("run_uuid") ?? throw new SourceException("A run has no id."), info.Text("experiment_id") ?? "",
            info.Text("run_name") is { Length: > 0 } name ? name : tags.GetValueOrDefault(SourceRun.NameTag, ""), info.Text("user_id") ?? "",
            info.Text("status") ?? "RUNNING", info.Number("start_time") ?? 0, EndTime(info), Stage(info), info.Text("artifact_uri") ?? "",
            Pairs(run, "data.params"), tags, [.. run.Items("data.metrics").Select(metric => metric.Text("key") ?? "").Where(key => key.Length > 0).Distinct()],
            [.. run.Items("inputs.dataset_inputs").Select(input => JsonNode.Parse(input.GetRawText())!)],
            [.. run.Items("inputs.model_inputs").Select(input => input.Text("model_id") ?? "").Where(id => id.Length > 0)],
            [.. run.Items("outputs.model_outputs").Select(output => KeyValuePair.Create(output.Text("model_id") ?? "", output.Number("step") ?? 0)).Where(output => output.Key.Length > 0)]);
    }

    public static HistoryPoint Point(JsonElement metric) => HistoryPoint.Of(
        metric.Number("timestamp") ?? 0, metric.Number("step") ?? 0, Value(metric.At("value")));

    public static SourceModel Model(JsonElement model) => new(
        model.Text("name") ?? throw new SourceException("A registered model has no name."), model.Text("description") ?? "",
        model.Number("creation_timestamp") ?? 0, model.Number("last_updated_timestamp") ?? 0, Pairs(model, "tags"), Aliases(model));

    public static SourceVersion Version(JsonElement version) => new(
        Integer(version.Text("version")) ?? throw new SourceException("A version has no number."), version.Number("creation_timestamp") ?? 0,
        version.Number("last_updated_timestamp") ?? 0, version.Text("current_stage") is { Length: > 0 } stage ? stage : "None", version.Text("description") ?? "",
        version.Text("source") ?? "", version.Text("run_id") ?? "", version.Text("run_link") ?? "", version.Text("status") ?? "READY", version.Text("user_id") ?? "",
        version.Text("model_id") ?? "", Pairs(version, "tags"));

    public static SourceLoggedModel LoggedModel(JsonElement model) => new(
        model.Text("info.model_id") ?? throw new SourceException("A logged model has no id."), model.Text("info.experiment_id") ?? "", model.Text("info.name") ?? "",
        model.Text("info.model_type") ?? "", model.Text("info.source_run_id") ?? "", Status(model.Text("info.status")), model.Text("info.status_message") ?? "",
        model.Number("info.creation_timestamp_ms") ?? 0, model.Number("info.last_updated_timestamp_ms") ?? 0, model.Text("info.artifact_uri") ?? "",
        Pairs(model, "data.params"), OwnTags(model), [.. model.Items("data.metrics").Select(metric => JsonNode.Parse(metric.GetRawText())!)]);

    /// <summary>The tags without the list of versions, which every server writes itself when a version is registered.</summary>
    private static SortedDictionary<string, string> OwnTags(JsonElement model)
    {
        var tags = Pairs(model, "info.tags");
        tags.Remove("mlflow.modelVersions");
        return tags;
    }

    public static SortedDictionary<string, string> Pairs(JsonElement element, string path)
    {
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in element.Items(path))
        {
            if (pair.Text("key") is { } key)
                pairs[key] = pair.Text("value") ?? "";
        }

        return pairs;
    }

    public static double Value(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text => text.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            var written => double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) ? parsed : double.NaN,
        },
        _ => 0,
    };

    public static int? Integer(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A model whose registration or upload was never ended is ready or not by the name that the version of MLflow gave it.</summary>
    private static string Status(string? status) => status is "LOGGED_MODEL_READY" or "LOGGED_MODEL_UPLOAD_FAILED" ? status
        : status is "READY" or "2" ? "LOGGED_MODEL_READY" : "LOGGED_MODEL_PENDING";

    /// <summary>Old servers write 0 for a run that has not ended.</summary>
    private static long? EndTime(JsonElement info) => info.Number("end_time") is > 0 and var end ? end : null;

    private static string Stage(JsonElement element) => element.Text("lifecycle_stage") == "deleted" ? "deleted" : "active";

    private static SortedDictionary<string, int> Aliases(JsonElement model)
    {
        var aliases = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var alias in model.Items("aliases"))
        {
            if (alias.Text("alias") is { Length: > 0 } name && Integer(alias.Text("version")) is { } version)
                aliases[name] = version;
        }

        return aliases;
    }
}
