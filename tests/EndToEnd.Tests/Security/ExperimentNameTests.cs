using System.Text.Json;
using MlopsPlane.Testing.Hosts;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.EndToEnd.Tests.Security;

public sealed class ExperimentNamesOnSqlite(GuardedOnSqlite plane) : ExperimentNameTests(plane);

public sealed class ExperimentNamesOnPostgres(GuardedOnPostgres plane) : ExperimentNameTests(plane);

/// <summary>Somebody who may write experiments <c>churn-*</c> and nothing else, in a workspace with others' experiments.</summary>
public abstract class ExperimentNameTests(GuardedFixture plane) : IAsyncLifetime
{
    private readonly string workspace = PlaneFixture.FreshWorkspace();
    private HttpClient writer = null!;
    private HttpClient named = null!;
    private ExperimentWorld fraud = null!;

    public async ValueTask InitializeAsync()
    {
        writer = await plane.WithRoleAsync(workspace, "writer");
        named = await plane.WithRulesAsync(workspace, new GuardedFixture.Rule(["read", "write"], "experiment", "churn-*"));
        fraud = await ExperimentWorld.MakeAsync(writer, "fraud_1");
    }

    [Fact]
    public async Task Every_operation_on_an_experiment_of_another_name_is_refused_and_changes_nothing()
    {
        var before = await fraud.DescribeAsync(writer);
        var faults = new List<string>();
        foreach (var operation in ExperimentRequests.Of(plane))
        {
            var request = operation.Request(fraud);
            var (status, answer) = await named.CallAsync(request.Method, request.Path, request.Body);
            var told = answer.ToString();
            var good = operation.Filters ? status is not (401 or 403 or 500) : status == 403;
            // A refusal must not tell a name to whoever only knows an id.
            var asked = request.Path + JsonSerializer.Serialize(request.Body);
            if (!good || (!asked.Contains(fraud.Name, StringComparison.Ordinal) && told.Contains(fraud.Name, StringComparison.Ordinal)) || told.Contains(ExperimentWorld.Secret, StringComparison.Ordinal))
                faults.Add($"{operation.Name}: {status} {told}");
        }

        Assert.Empty(faults);
        Assert.Equal(before, await fraud.DescribeAsync(writer));
    }

    [Fact]
    public async Task Every_operation_on_an_experiment_of_the_granted_names_is_allowed()
    {
        var faults = new List<string>();
        foreach (var operation in ExperimentRequests.Of(plane))
        {
            var own = await ExperimentWorld.MakeAsync(named, $"churn-{Guid.CreateVersion7():N}");
            var request = operation.Request(own);
            var (status, answer) = await named.CallAsync(request.Method, request.Path, request.Body);
            if (status is 401 or 403 or 500)
                faults.Add($"{operation.Name}: {status} {answer}");
        }

        Assert.Empty(faults);
    }

    [Fact]
    public async Task Searches_find_what_may_be_read_and_page_by_it()
    {
        var own = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            own.Add((await ExperimentWorld.MakeAsync(named, $"churn-{i}")).Experiment);
            await ExperimentWorld.MakeAsync(writer, $"fraud-{i}");
        }

        var found = new List<string>();
        for (var token = ""; ;)
        {
            var page = await named.DoneAsync("POST", "/api/2.0/mlflow/experiments/search", new { max_results = 2, page_token = token, filter = "name LIKE '%'" });
            found.AddRange(page.GetProperty("experiments").EnumerateArray().Select(one => one.Text("experiment_id")));
            if (!page.TryGetProperty("next_page_token", out var next))
                break;
            Assert.Equal(0, found.Count % 2);
            token = next.GetString()!;
        }

        Assert.Equal(own.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        var everything = Enumerable.Range(0, 12).Select(id => $"{id}").ToArray();
        var runs = await named.DoneAsync("POST", "/api/2.0/mlflow/runs/search", new { experiment_ids = everything, max_results = 3 });
        Assert.Equal(3, runs.GetProperty("runs").GetArrayLength());
        runs = await named.DoneAsync("POST", "/api/2.0/mlflow/runs/search", new { experiment_ids = everything, max_results = 3, page_token = runs.Text("next_page_token") });
        Assert.Equal(2, runs.GetProperty("runs").GetArrayLength());
        Assert.False(runs.TryGetProperty("next_page_token", out _));
        var models = await named.DoneAsync("POST", "/api/2.0/mlflow/logged-models/search", new { experiment_ids = everything });
        Assert.Equal(5, models.GetProperty("models").GetArrayLength());
        var csv = (await named.DoneAsync("GET", $"/api/v1/tracking/runs/export?format=csv&{string.Join('&', everything.Select(id => $"experimentId={id}"))}")).GetString()!;
        Assert.Equal(6, csv.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task Several_runs_at_once_must_all_be_allowed()
    {
        var own = await ExperimentWorld.MakeAsync(named, "churn-x");
        foreach (var path in (string[])
        [
            "/api/2.0/mlflow/metrics/get-history-bulk?metric_key=auc&run_id={0}&run_id={1}",
            "/api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=auc&run_ids={0}&run_ids={1}&max_results=10",
            "/api/v1/tracking/runs/compare?runId={0}&runId={1}",
        ])
        {
            var mixed = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, own.Run, fraud.Run);
            Assert.Equal(403, (await named.CallAsync("GET", mixed)).Status);
            await writer.DoneAsync("GET", mixed);
        }

        // A metric of an own run that would be written to somebody else's model.
        object metric = new { run_id = own.Run, key = "auc", value = 1, timestamp = 1, model_id = fraud.Model };
        Assert.Equal(403, (await named.CallAsync("POST", "/api/2.0/mlflow/runs/log-metric", metric)).Status);
        object batch = new { run_id = own.Run, metrics = new[] { new { key = "auc", value = 1, timestamp = 1, model_id = fraud.Model } } };
        Assert.Equal(403, (await named.CallAsync("POST", "/api/2.0/mlflow/runs/log-batch", batch)).Status);
    }

    [Fact]
    public async Task Names_are_judged_when_they_are_given_and_when_they_change()
    {
        var own = await ExperimentWorld.MakeAsync(named, "churn-y");
        Assert.Equal(403, (await named.CallAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "fraud-new" })).Status);
        Assert.Equal(403, (await named.CallAsync("POST", "/api/2.0/mlflow/experiments/update", new { experiment_id = own.Experiment, new_name = "fraud-y" })).Status);
        Assert.Equal(403, (await named.CallAsync("POST", "/api/2.0/mlflow/experiments/update", new { experiment_id = fraud.Experiment, new_name = "churn-z" })).Status);
        await named.DoneAsync("POST", "/api/2.0/mlflow/experiments/update", new { experiment_id = own.Experiment, new_name = "churn-z" });
        // Whoever may name everything takes it away from them.
        await writer.DoneAsync("POST", "/api/2.0/mlflow/experiments/update", new { experiment_id = own.Experiment, new_name = "fraud-z" });
        Assert.Equal(403, (await named.CallAsync("GET", $"/api/2.0/mlflow/runs/get?run_id={own.Run}")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{0}")]
    [InlineData("{0}/{1}/artifacts/secret.txt")]
    [InlineData("%25{2}/x")]
    [InlineData("no-experiment/x")]
    [InlineData("workspaces/{3}/{0}/{1}/artifacts/secret.txt")]
    public async Task Files_of_other_experiments_and_of_none_are_closed(string pattern)
    {
        var path = string.Format(System.Globalization.CultureInfo.InvariantCulture, pattern, fraud.Experiment, fraud.Run, string.Concat("3", fraud.Experiment), workspace);
        Assert.Equal(403, (await named.CallAsync("GET", $"/api/2.0/mlflow-artifacts/artifacts?path={path}")).Status);
        // The same in the body, where MLflow's clients may put it.
        Assert.Equal(403, (await named.CallAsync("GET", "/api/2.0/mlflow-artifacts/artifacts", new { path = Uri.UnescapeDataString(path) })).Status);
        if (path.Length == 0)
            return;
        foreach (var method in (string[])["GET", "PUT", "DELETE"])
            Assert.Equal(403, (await named.CallAsync(method, $"/api/2.0/mlflow-artifacts/artifacts/{path}", method == "PUT" ? "x" : null)).Status);
    }

    [Fact]
    public async Task No_new_experiment_takes_a_folder_that_is_not_its_makers()
    {
        var own = await ExperimentWorld.MakeAsync(named, "churn-own");
        foreach (var location in (string[])
        [
            "mlflow-artifacts:/", "mlflow-artifacts:", $"mlflow-artifacts:/{fraud.Experiment}", $"mlflow-artifacts:/{fraud.Experiment}/{fraud.Run}", "mlflow-artifacts:/unowned",
            $"http://elsewhere/api/2.0/mlflow-artifacts/artifacts/{fraud.Experiment}?x=y",
        ])
            Assert.Equal(403, (await named.CallAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "churn-thief", artifact_location = location })).Status);
        await named.DoneAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "churn-below", artifact_location = $"mlflow-artifacts:/{own.Experiment}/below" });
        await named.DoneAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "churn-away", artifact_location = "s3://bucket/x" });
        // A folder that somebody else's experiment shares is closed, and so is one that holds it.
        await writer.DoneAsync("POST", "/api/2.0/mlflow/experiments/create", new { name = "fraud-within", artifact_location = $"mlflow-artifacts:/{own.Experiment}/inner" });
        Assert.Equal(403, (await named.CallAsync("GET", $"/api/2.0/mlflow-artifacts/artifacts?path={own.Experiment}/inner/x")).Status);
        Assert.Equal(403, (await named.CallAsync("DELETE", $"/api/2.0/mlflow-artifacts/artifacts/{own.Experiment}")).Status);
        await named.DoneAsync("GET", $"/api/2.0/mlflow-artifacts/artifacts?path={own.Experiment}/{own.Run}/artifacts");
    }

    [Fact]
    public async Task A_denied_name_is_taken_out_of_what_is_allowed()
    {
        using var most = await plane.WithRulesAsync(workspace,
            new GuardedFixture.Rule(["read"], "experiment"), new GuardedFixture.Rule(["read"], "experiment", "fraud_*", "deny"));
        // The underscore is no wildcard.
        await ExperimentWorld.MakeAsync(writer, "fraudulent");
        Assert.Equal(403, (await most.CallAsync("GET", $"/api/2.0/mlflow/experiments/get?experiment_id={fraud.Experiment}")).Status);
        var found = await most.DoneAsync("POST", "/api/2.0/mlflow/experiments/search", new { max_results = 100 });
        Assert.Equal(["fraudulent", "Default"], found.GetProperty("experiments").EnumerateArray().Select(one => one.Text("name")));
    }

    [Fact]
    public async Task Queries_of_pages_are_judged_field_by_field()
    {
        var own = await ExperimentWorld.MakeAsync(named, "churn-q");
        const string Query = "query($r: MlflowGetRunInput) { mlflowGetRun(input: $r) { run { info { runName } experiment { name } } } }";
        var seen = await named.DoneAsync("POST", "/graphql", new { query = Query, variables = new { r = new { runId = own.Run } } });
        Assert.Equal("churn-q", seen.GetProperty("data").GetProperty("mlflowGetRun").GetProperty("run").GetProperty("experiment").Text("name"));
        var hidden = await named.DoneAsync("POST", "/graphql", new { query = Query, variables = new { r = new { runId = fraud.Run } } });
        Assert.DoesNotContain(ExperimentWorld.Secret, hidden.ToString(), StringComparison.Ordinal);
        Assert.Contains("Permission denied", hidden.ToString(), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        writer?.Dispose();
        named?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
