using System.Text.Json;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Runs.Prompting;

/// <summary>What a page sends of a prompt that was tried.</summary>
internal sealed class PromptMessage
{
    /// <summary>The artifact that holds the prompt and its answer as a table of one row.</summary>
    public const string TableName = "eval_results_table.json";

    private static readonly MessageSchema Pair = new(Field.String("key"), Field.Id("value"));

    public static MessageSchema Schema { get; } = new(
        Field.Id("experiment_id"), Field.String("run_name"), Field.Messages("tags", Pair), Field.String("prompt_template"),
        Field.Messages("prompt_parameters", Pair), Field.String("model_route"), Field.Messages("model_parameters", Pair),
        Field.String("model_input"), Field.String("model_output"),
        Field.Messages("model_output_parameters", Pair), Field.String("mlflow_version"), Field.String("user_id"), Field.Int64("start_time"));

    private string input = "";
    private string output = "";
    private List<KeyValuePair<string, string>> variables = [];
    private List<KeyValuePair<string, string>> measured = [];
    private List<KeyValuePair<string, string>> tags = [];

    public string? ExperimentId { get; private init; }

    /// <summary>Null when the run is to get a random name.</summary>
    public string? RunName { get; private init; }

    public string UserId { get; private init; } = "";

    public long StartTime { get; private init; }

    public IReadOnlyList<KeyValuePair<string, string>> Params { get; private init; } = [];

    /// <exception cref="PlaneException">400: MLflow's message for what is missing.</exception>
    public static PromptMessage Read(MlflowMessage request, TimeProvider clock)
    {
        var experiment = Required(request, "experiment_id");
        var template = Required(request, "prompt_template");
        var given = Pairs(request, "prompt_parameters");
        if (given.Count == 0)
            throw Missing("prompt_parameters");
        var route = Required(request, "model_route");
        var text = Required(request, "model_input");
        Required(request, "mlflow_version");
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal) { ["model_route"] = route, ["prompt_template"] = template };
        foreach (var (key, value) in Pairs(request, "model_parameters"))
            parameters[key] = value;
        return new PromptMessage
        {
            ExperimentId = experiment,
            RunName = request.String("run_name") is { Length: > 0 } name ? name : null,
            UserId = request.String("user_id") ?? "unknown",
            StartTime = request.Int64("start_time") ?? clock.NowMilliseconds(),
            Params = [.. parameters.Select(param => EntityRules.Param(param.Key, param.Value, "")).OrderBy(param => param.Key, StringComparer.Ordinal)],
            input = text,
            output = request.String("model_output") ?? "",
            variables = given,
            measured = Pairs(request, "model_output_parameters"),
            tags = Pairs(request, "tags"),
        };
    }

    /// <summary>The tags of the run, with those by which MLflow's pages know it.</summary>
    public IEnumerable<KeyValuePair<string, string>> TagsWith(string runName)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in tags)
        {
            var (key, value) = EntityRules.RunTagAtCreation(tag.Key, tag.Value, "tags.");
            all[key] = value;
        }

        all[CreateRun.NameTag] = runName;
        all["mlflow.loggedArtifacts"] = $$"""[{"path": "{{TableName}}", "type": "table"}]""";
        all["mlflow.runSourceType"] = "PROMPT_ENGINEERING";
        return all;
    }

    public byte[] Table() => JsonSerializer.SerializeToUtf8Bytes(new
    {
        columns = (string[])[.. variables.Select(variable => variable.Key), "prompt", "output", .. measured.Select(one => one.Key)],
        data = new[] { (string[])[.. variables.Select(variable => variable.Value), input, output, .. measured.Select(one => one.Value)] },
    });

    private static string Required(MlflowMessage request, string field) =>
        request.String(field) is { Length: > 0 } text ? text : throw Missing(field);

    private static PlaneException Missing(string field) => MlflowErrors.Invalid($"CreatePromptlabRun request must specify {field}.");

    private static List<KeyValuePair<string, string>> Pairs(MlflowMessage request, string field) =>
        [.. request.Messages(field, Pair).Select(pair => KeyValuePair.Create(pair.String("key") ?? "", pair.String("value") ?? ""))];
}
