using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.ExperimentTracker.Tests.Graphql;

public sealed class GraphqlOnSqlite(AllInOneOnSqlite plane) : GraphqlTests(plane);

public sealed class GraphqlOnPostgres(AllInOneOnPostgres plane) : GraphqlTests(plane);

public abstract class GraphqlTests(PlaneFixture plane) : IDisposable
{
    private readonly TrackerClient client = new(plane);

    [Fact]
    public async Task The_endpoint_echoes_and_says_null_where_there_are_no_errors() =>
        Assert.Equal("""{"data":{"test":{"output":"abc"}},"errors":null}""", await AskAsync("query testQuery {test(inputString: \"abc\") { output }}", "testQuery"));

    [Fact]
    public async Task A_run_is_read_with_its_experiment_and_what_was_registered_from_it()
    {
        var experiment = await client.NewExperimentAsync("pages");
        var run = await client.NewRunAsync(experiment);
        foreach (var (key, value) in new[] { ("loss", "0.5"), ("nan", "NaN") })
            await client.PostAsync("runs/log-metric", new { run_id = run, key, value, timestamp = 1_700_000_000_000, step = 3 });
        await client.PostAsync("registered-models/create", new { name = "fraud" });
        await client.PostAsync("model-versions/create", new { name = "fraud", source = "s3://b/m", run_id = run });
        var answer = await AskAsync($$"""
            query Page($id: String) @component(name: "Test") {
              mlflowGetRun(input: { runId: $id }) {
                apiError { code }
                run {
                  info { status endTime experimentId }
                  experiment { name tags { key } }
                  modelVersions { name version status }
                  data { metrics { key value timestamp step modelId } params { key } }
                }
              }
            }
            """, "Page", new { id = run });
        Assert.Equal(
            Compact($$$"""
            {"data": {"mlflowGetRun": {"apiError": null, "run": {
                "info": {"status": "RUNNING", "endTime": "0", "experimentId": "{{{experiment}}}"},
                "experiment": {"name": "pages", "tags": []},
                "modelVersions": [{"name": "fraud", "version": "1", "status": "READY"}],
                "data": {"metrics": [
                  {"key": "loss", "value": 0.5, "timestamp": "1700000000000", "step": "3", "modelId": ""},
                  {"key": "nan", "value": null, "timestamp": "1700000000000", "step": "3", "modelId": ""}], "params": []} } }
              }, "errors": null}
            """),
            answer);
    }

    [Fact]
    public async Task Runs_datasets_histories_and_files_are_read_by_their_own_fields()
    {
        var experiment = await client.NewExperimentAsync("pages");
        var first = TrackerClient.RunId(await client.PostAsync("runs/create", new { experiment_id = experiment, start_time = 1 }));
        var second = TrackerClient.RunId(await client.PostAsync("runs/create", new { experiment_id = experiment, start_time = 2 }));
        await client.PostAsync("runs/log-inputs", new { run_id = first, datasets = new[] { new { dataset = new { name = "d", digest = "g", source_type = "t", source = "s" } } } });
        await client.PostAsync("runs/log-metric", new { run_id = first, key = "m", value = 2, timestamp = 1, step = 7 });
        using (var put = await client.Http.PutAsync($"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{first}/artifacts/dir/a.txt", new StringContent("hello")))
            Assert.Equal(HttpStatusCode.OK, put.StatusCode);

        Assert.Equal($$$"""{"data":{"mlflowSearchRuns":{"runs":[{"info":{"runId":"{{{second}}}"}},{"info":{"runId":"{{{first}}}"}}]}},"errors":null}""",
            await AskAsync($$"""mutation M { mlflowSearchRuns(input: { experimentIds: ["{{experiment}}"], runViewType: ALL }) { runs { info { runId } } } }""", "M"));
        Assert.Equal($$$"""{"data":{"mlflowSearchDatasets":{"datasetSummaries":[{"experimentId":"{{{experiment}}}","name":"d","digest":"g","context":""}]}},"errors":null}""",
            await AskAsync($$"""mutation M { mlflowSearchDatasets(input: { experimentIds: ["{{experiment}}"] }) { datasetSummaries { experimentId name digest context } } }""", "M"));
        Assert.Equal("""{"data":{"mlflowGetMetricHistoryBulkInterval":{"metrics":[{"key":"m","value":2,"step":"7"}]}},"errors":null}""",
            await AskAsync($$"""query Q { mlflowGetMetricHistoryBulkInterval(input: { runIds: ["{{first}}"], metricKey: "m" }) { metrics { key value step } } }""", "Q"));
        Assert.Equal("""{"data":{"root":{"files":[{"path":"dir","isDir":true,"fileSize":"0"}]},"sub":{"files":[{"path":"dir/a.txt","isDir":false,"fileSize":"5"}]}},"errors":null}""",
            await AskAsync($$"""
                fragment Files on MlflowListArtifactsResponse { files { path isDir fileSize } }
                query Q { root: mlflowListArtifacts(input: { runId: "{{first}}" }) { ...Files } sub: mlflowListArtifacts(input: { runId: "{{first}}", path: "dir" }) { ...Files } }
                """, "Q"));
    }

    [Fact]
    public async Task What_an_endpoint_refuses_is_an_error_of_its_field_and_other_workspaces_are_hidden()
    {
        var run = await client.NewRunAsync();
        using var other = new TrackerClient(plane);
        Assert.Equal($$"""{"data":{"mlflowGetRun":null},"errors":["Run with id={{run}} not found"]}""",
            await AskAsync($$"""query Q { mlflowGetRun(input: { runId: "{{run}}" }) { run { info { runId } } } }""", "Q", asker: other));
        Assert.Equal("""{"data":{"mlflowGetExperiment":null},"errors":["Missing value for required parameter 'experiment_id'. See the API docs for more information about request parameters."]}""",
            await AskAsync("query Q { mlflowGetExperiment { experiment { name } } }", "Q"));
    }

    [Fact]
    public async Task An_answer_that_would_not_fit_into_memory_is_refused()
    {
        var experiment = await client.NewExperimentAsync("pages");
        var large = Enumerable.Range(0, 100).Select(i => new { key = $"p{i}", value = new string('x', 6000) }).ToArray();
        for (var i = 0; i < 29; i++)
            await client.PostAsync("runs/log-batch", new { run_id = await client.NewRunAsync(experiment), @params = large });
        Assert.Equal("""{"data":{"mlflowSearchRuns":null},"errors":["The answer is larger than 16777216 bytes; ask for fewer results."]}""",
            await AskAsync($$"""mutation M { mlflowSearchRuns(input: { experimentIds: ["{{experiment}}"] }) { runs { info { runId } } } }""", "M"));
    }

    [Theory]
    [InlineData("root", "GraphQL queries should have at most 10 root fields, got 12 root fields. To increase the limit, set the MLFLOW_SERVER_GRAPHQL_MAX_ROOT_FIELDS environment variable.")]
    [InlineData("aliases", "GraphQL queries should have at most 10 aliases, got 12 aliases. To increase the limit, set the MLFLOW_SERVER_GRAPHQL_MAX_ALIASES environment variable.")]
    [InlineData("depth", "Query exceeds maximum depth of 10")]
    [InlineData("selections", "Query exceeds maximum total selections of 1000")]
    [InlineData("fragments", "Query exceeds maximum total selections of 1000")]
    public async Task A_query_beyond_a_limit_is_refused_before_it_runs(string what, string message)
    {
        var query = what switch
        {
            "root" => $"query Q {{ {Many(12, i => $"k{i}: test(inputString: \"a\") {{ output }}")} }}",
            "aliases" => $"query Q {{ mlflowGetExperiment(input: {{experimentId: \"0\"}}) {{ {Many(12, i => $"e{i}: experiment {{ name }}")} }} }}",
            "depth" => $"query Q {{ test {{ {string.Concat(Enumerable.Repeat("output { ", 12))} output {new string('}', 12)} }} }}",
            "selections" => $"query Q {{ test {{ {Many(1001, _ => "output")} }} }}",
            _ => $"query Q {{ test {{ ...F0 }} }} {Many(12, i => $"fragment F{i} on Test {{ ...F{i + 1} ...F{i + 1} }}")} fragment F12 on Test {{ output }}",
        };
        var answer = JsonElement.Parse(await AskAsync(query, "Q"));
        Assert.Equal(JsonValueKind.Null, answer.GetProperty("data").ValueKind);
        Assert.Equal(message, answer.GetProperty("errors")[0].GetString());
    }

    [Theory]
    [InlineData("""{"query": "query {", "operationName": "Q"}""", 200)]
    [InlineData("""{"query": "query Q { nothing }"}""", 200)]
    [InlineData("""{"query": "query Q { test { output } }", "operationName": "Other"}""", 200)]
    [InlineData("""{"query": "query Q { test { output } }", "variables": [1]}""", 400)]
    [InlineData("""{"query": ""}""", 400)]
    public async Task A_request_that_makes_no_sense_is_told_why(string body, int status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.Http.PostAsync("/graphql", content);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.NotEmpty((status == 200 ? answer.GetProperty("errors")[0] : answer.GetProperty("message")).GetString()!);
    }

    [Theory]
    [InlineData("{a", "")]
    [InlineData("query Q { test(inputString: [", "")]
    [InlineData("query Q($a: [", "")]
    [InlineData("... on Test {", "{ test ")]
    public async Task A_query_that_is_nested_beyond_parsing_is_refused_as_too_deep(string opening, string before)
    {
        var query = before + (opening.StartsWith("query", StringComparison.Ordinal)
            ? opening + new string('[', 100_000)
            : string.Concat(Enumerable.Repeat(opening, 50_000)));
        Assert.Equal("Query exceeds maximum depth of 10", JsonElement.Parse(await AskAsync(query, "Q")).GetProperty("errors")[0].GetString());
    }

    [Fact]
    public async Task Variables_that_cannot_be_read_are_named()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 80)) + "1" + new string('}', 80);
        foreach (var value in new[] { deep, "{\"a\":\"\\ud800\"}", "{\"a\":1e999}", "{\"a\":99999999999999999999999999999999}", "{\"\\ud800\":1}" })
        {
            using var content = new StringContent($$"""{"query": "query Q($a: String) { test(inputString: $a) { output } }", "variables": {{value}}}""", System.Text.Encoding.UTF8, "application/json");
            using var response = await client.Http.PostAsync("/graphql", content);
            var answer = await response.Content.ReadAsStringAsync();
            Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest, $"{value}: {answer}");
            Assert.True(answer.Contains("\"errors\":[", StringComparison.Ordinal) || answer.Contains("INVALID_PARAMETER_VALUE", StringComparison.Ordinal), $"{value}: {answer}");
        }
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<string> AskAsync(string query, string operationName, object? variables = null, TrackerClient? asker = null)
    {
        using var response = await (asker ?? client).Http.PostAsJsonAsync("/graphql", new { query, operationName, variables });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private static string Compact(string json) => JsonSerializer.Serialize(JsonElement.Parse(json));

    private static string Many(int count, Func<int, string> text) => string.Join(' ', Enumerable.Range(0, count).Select(text));
}
