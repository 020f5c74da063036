using System.Globalization;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EndToEnd.Tests.Security;

/// <summary>An experiment with a run, a metric, a dataset, a file and a logged model.</summary>
internal sealed record ExperimentWorld(string Name, string Experiment, string Run, string Model)
{
    /// <summary>Stands in everything of it that can be read.</summary>
    public const string Secret = "secret-of-this-world";

    private const string Mlflow = "/api/2.0/mlflow/";

    public string File => $"{Experiment}/{Run}/artifacts/secret.txt";

    public static async Task<ExperimentWorld> MakeAsync(HttpClient client, string name)
    {
        var experiment = (await client.DoneAsync("POST", Mlflow + "experiments/create", new { name })).Text("experiment_id");
        var run = (await client.DoneAsync("POST", Mlflow + "runs/create", new { experiment_id = experiment, run_name = Secret, start_time = 1 }))
            .GetProperty("run").GetProperty("info").Text("run_id");
        await client.DoneAsync("POST", Mlflow + "runs/log-batch", new
        {
            run_id = run,
            metrics = new[] { new { key = "auc", value = 0.5, timestamp = 1, step = 0 } },
            @params = new[] { new { key = Secret, value = "1" } },
        });
        await client.DoneAsync("POST", Mlflow + "runs/log-inputs", new
        {
            run_id = run, datasets = new[] { new { dataset = new { name = Secret, digest = "1", source_type = "local", source = "x" } } },
        });
        await client.DoneAsync("PUT", $"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/secret.txt", Secret);
        var model = (await client.DoneAsync("POST", Mlflow + "logged-models", new { experiment_id = experiment, name = Secret, source_run_id = run }))
            .GetProperty("model").GetProperty("info").Text("model_id");
        // A run that is over: what follows its metrics ends.
        await client.DoneAsync("POST", Mlflow + "runs/update", new { run_id = run, status = "FINISHED" });
        return new ExperimentWorld(name, experiment, run, model);
    }

    /// <summary>Everything that a write could change, as text.</summary>
    public async Task<string> DescribeAsync(HttpClient client)
    {
        string[] paths =
        [
            $"{Mlflow}experiments/get?experiment_id={Experiment}", $"{Mlflow}runs/get?run_id={Run}", $"{Mlflow}logged-models/{Model}",
            $"/api/2.0/mlflow-artifacts/artifacts/{File}", $"{Mlflow}metrics/get-history?run_id={Run}&metric_key=auc&max_results=10",
            $"{Mlflow}artifacts/list?run_id={Run}",
        ];
        var text = new List<string>();
        foreach (var path in paths)
            text.Add((await client.DoneAsync("GET", path)).ToString());
        return string.Join('\n', text);
    }
}

/// <summary>An operation on experiments, and how it is asked to work on one.</summary>
/// <param name="Filters">It leaves out what the caller may not see instead of refusing.</param>
internal sealed record ExperimentOperation(string Name, bool Filters, Func<ExperimentWorld, (string Method, string Path, object? Body)> Request);

/// <summary>A request for every operation whose permission may speak of experiments of some names; one that is missing here fails the tests.</summary>
internal static class ExperimentRequests
{
    private const string Files = "/api/2.0/mlflow-artifacts/";

    private static readonly Dictionary<string, Func<ExperimentWorld, (string Path, object? Body)>> Known = new(StringComparer.Ordinal)
    {
        ["CompareRuns"] = w => ($"/api/v1/tracking/runs/compare?runId={w.Run}&runId=none", null),
        ["ExportRuns"] = w => ($"/api/v1/tracking/runs/export?experimentId={w.Experiment}&format=csv", null),
        ["ListRunRegistrations"] = w => ($"/api/v1/tracking/runs/{w.Run}/registrations", null),
        ["GetHistories"] = w => ($"/api/v1/tracking/runs/{w.Run}/histories?metric=auc", null),
        ["TailMetrics"] = w => ($"/api/v1/tracking/runs/{w.Run}/metrics/tail?fromStart=true", null),
        ["RemoveRun"] = w => ($"/api/v1/tracking/runs/{w.Run}", null),
        ["RemoveExperiment"] = w => ($"/api/v1/tracking/experiments/{w.Experiment}", null),
        ["CreateExperiment"] = w => Mlflow("experiments/create", new { name = w.Name + "-2", artifact_location = $"mlflow-artifacts:/{w.Experiment}/2" }),
        ["GetExperiment"] = w => Mlflow($"experiments/get?experiment_id={w.Experiment}"),
        ["GetExperimentByName"] = w => Mlflow($"experiments/get-by-name?experiment_name={w.Name}"),
        ["DeleteExperiment"] = w => Mlflow("experiments/delete", new { experiment_id = w.Experiment }),
        ["RestoreExperiment"] = w => Mlflow("experiments/restore", new { experiment_id = w.Experiment }),
        ["UpdateExperiment"] = w => Mlflow("experiments/update", new { experiment_id = w.Experiment, new_name = $"churn-{Guid.CreateVersion7():N}" }),
        ["SetExperimentTag"] = w => Mlflow("experiments/set-experiment-tag", new { experiment_id = w.Experiment, key = "k", value = "v" }),
        ["DeleteExperimentTag"] = w => Mlflow("experiments/delete-experiment-tag", new { experiment_id = w.Experiment, key = "k" }),
        ["SearchExperiments"] = _ => Mlflow("experiments/search", new { max_results = 100 }),
        ["SearchDatasets"] = w => Mlflow("experiments/search-datasets", new { experiment_ids = new[] { w.Experiment } }),
        ["CreateRun"] = w => Mlflow("runs/create", new { experiment_id = w.Experiment, start_time = 1 }),
        ["CreatePromptlabRun"] = w => Mlflow("runs/create-promptlab-run", new
        {
            experiment_id = w.Experiment, run_name = "p", tags = Array.Empty<object>(), prompt_template = "{{ a }}", prompt_parameters = new[] { new { key = "a", value = "b" } },
            model_route = "m", model_parameters = Array.Empty<object>(), model_input = "i", model_output = "o", model_output_parameters = Array.Empty<object>(), mlflow_version = "3",
            start_time = "1", user_id = "u",
        }),
        ["GetRun"] = w => Mlflow($"runs/get?run_id={w.Run}"),
        ["UpdateRun"] = w => Mlflow("runs/update", new { run_id = w.Run, status = "FINISHED" }),
        ["DeleteRun"] = w => Mlflow("runs/delete", new { run_id = w.Run }),
        ["RestoreRun"] = w => Mlflow("runs/restore", new { run_id = w.Run }),
        ["SearchRuns"] = w => Mlflow("runs/search", new { experiment_ids = new[] { w.Experiment } }),
        ["SetTag"] = w => Mlflow("runs/set-tag", new { run_id = w.Run, key = "k", value = "v" }),
        ["DeleteTag"] = w => Mlflow("runs/delete-tag", new { run_id = w.Run, key = "k" }),
        ["LogMetric"] = w => Mlflow("runs/log-metric", new { run_id = w.Run, key = "auc", value = 1, timestamp = 2 }),
        ["LogParam"] = w => Mlflow("runs/log-parameter", new { run_id = w.Run, key = "p", value = "1" }),
        ["LogBatch"] = w => Mlflow("runs/log-batch", new { run_id = w.Run, metrics = new[] { new { key = "auc", value = 1, timestamp = 2, step = 1 } } }),
        ["LogModel"] = w => Mlflow("runs/log-model", new { run_id = w.Run, model_json = $$"""{"artifact_path":"m","flavors":{},"run_id":"{{w.Run}}","utc_time_created":"x"}""" }),
        ["LogInputs"] = w => Mlflow("runs/log-inputs", new { run_id = w.Run, models = new[] { new { model_id = w.Model } } }),
        ["LogOutputs"] = w => Mlflow("runs/outputs", new { run_id = w.Run, models = new[] { new { model_id = w.Model, step = 1 } } }),
        ["GetMetricHistory"] = w => Mlflow($"metrics/get-history?run_id={w.Run}&metric_key=auc&max_results=10"),
        ["GetMetricHistoryBulk"] = w => Mlflow($"metrics/get-history-bulk?run_id={w.Run}&metric_key=auc"),
        ["GetMetricHistoryBulkInterval"] = w => Mlflow($"metrics/get-history-bulk-interval?run_ids={w.Run}&metric_key=auc&max_results=10"),
        ["CreateLoggedModel"] = w => Mlflow("logged-models", new { experiment_id = w.Experiment, name = "churn-model" }),
        ["GetLoggedModel"] = w => Mlflow($"logged-models/{w.Model}"),
        ["FinalizeLoggedModel"] = w => Mlflow($"logged-models/{w.Model}", new { model_id = w.Model, status = 2 }),
        ["DeleteLoggedModel"] = w => Mlflow($"logged-models/{w.Model}"),
        ["SetLoggedModelTags"] = w => Mlflow($"logged-models/{w.Model}/tags", new { tags = new[] { new { key = "k", value = "v" } } }),
        ["DeleteLoggedModelTag"] = w => Mlflow($"logged-models/{w.Model}/tags/k"),
        ["LogLoggedModelParams"] = w => Mlflow($"logged-models/{w.Model}/params", new { model_id = w.Model, @params = new[] { new { key = "k", value = "v" } } }),
        ["SearchLoggedModels"] = w => Mlflow("logged-models/search", new { experiment_ids = new[] { w.Experiment } }),
        ["ListLoggedModelArtifacts"] = w => Mlflow($"logged-models/{w.Model}/artifacts/directories"),
        ["GetLoggedModelArtifact"] = w => ($"/ajax-api/2.0/mlflow/logged-models/{w.Model}/artifacts/files?artifact_file_path=x", null),
        ["ListRunArtifacts"] = w => Mlflow($"artifacts/list?run_id={w.Run}"),
        ["GetRunArtifact"] = w => ($"/get-artifact?run_id={w.Run}&path=secret.txt", null),
        ["UploadRunArtifact"] = w => ($"/ajax-api/2.0/mlflow/upload-artifact?run_uuid={w.Run}&path=new.txt", "x"),
        ["ListArtifacts"] = w => ($"{Files}artifacts?path={w.Experiment}/{w.Run}", null),
        ["DownloadArtifact"] = w => ($"{Files}artifacts/{w.File}", null),
        ["UploadArtifact"] = w => ($"{Files}artifacts/{w.File}", "x"),
        ["DeleteArtifact"] = w => ($"{Files}artifacts/{w.File}", null),
        ["PresignDownload"] = w => ($"{Files}presigned/{w.File}", null),
        ["CreateMultipartUpload"] = w => ($"{Files}mpu/create/{w.Experiment}/{w.Run}", new { path = "x", num_parts = 1 }),
        ["CompleteMultipartUpload"] = w => ($"{Files}mpu/complete/{w.Experiment}/{w.Run}", new { path = "x", upload_id = "u", parts = Array.Empty<object>() }),
        ["AbortMultipartUpload"] = w => ($"{Files}mpu/abort/{w.Experiment}/{w.Run}", new { path = "x", upload_id = "u" }),
        ["Graphql"] = w => ("/graphql", new { query = $$"""{ mlflowGetRun(input: { runId: "{{w.Run}}" }) { run { info { runName } } } }""" }),
    };

    public static List<ExperimentOperation> Of(PlaneFixture plane) =>
    [
        .. EveryOperation.Of(plane)
            // What asks for every name, such as an import, stays closed to whoever may use some of them.
            .Where(operation => operation.Policy is { Kind: ResourceKind.Experiment } policy
                && (policy.HandlerNames || policy.HandlerFilters || policy.HandlerLooksUp || policy.NameIn is not null))
            .Select(operation => new ExperimentOperation(operation.Name, operation.Policy!.HandlerFilters, world => Request(operation, world))),
    ];

    private static (string Method, string Path, object? Body) Request(Operation operation, ExperimentWorld world)
    {
        var pages = operation.Name.EndsWith(".Ajax", StringComparison.Ordinal);
        var name = operation.Name["tracker.".Length..].Replace(".Ajax", "", StringComparison.Ordinal);
        Assert.True(Known.TryGetValue(name, out var known), string.Create(CultureInfo.InvariantCulture, $"{operation.Name} has no request here."));
        var (path, body) = known(world);
        return (operation.Method, pages ? path.Replace("/api/2.0/", "/ajax-api/2.0/", StringComparison.Ordinal) : path, operation.Method is "GET" or "HEAD" && body is not string ? null : body);
    }

    private static (string Path, object? Body) Mlflow(string path, object? body = null) => ("/api/2.0/mlflow/" + path, body);
}
