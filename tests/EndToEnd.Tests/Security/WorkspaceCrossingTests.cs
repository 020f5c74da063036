using System.Text.Json;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.EndToEnd.Tests.Security;

public sealed class CrossingOnSqlite(GuardedOnSqlite plane) : WorkspaceCrossingTests(plane);

public sealed class CrossingOnPostgres(GuardedOnPostgres plane) : WorkspaceCrossingTests(plane);

/// <summary>Somebody who may do everything in one workspace tries to reach another one in every way that a request offers.</summary>
public abstract class WorkspaceCrossingTests(GuardedFixture plane) : IAsyncLifetime
{
    private const string Secret = "secret-of-the-victim";
    private const string Tracking = "/api/2.0/mlflow/";
    private const string Files = "/api/2.0/mlflow-artifacts/artifacts/";

    private readonly string own = PlaneFixture.FreshWorkspace();
    private readonly string other = PlaneFixture.FreshWorkspace();
    private HttpClient attacker = null!;
    private HttpClient victim = null!;
    private string experiment = "";
    private string run = "";
    private string loggedModel = "";

    /// <summary>The victim has a run with a metric, a param and a file, a logged model and a version.</summary>
    public async ValueTask InitializeAsync()
    {
        (attacker, victim) = (await plane.WithRoleAsync(own, "admin"), await plane.WithRoleAsync(other, "writer"));
        experiment = (await victim.DoneAsync("POST", Tracking + "experiments/create", new { name = "victim" })).Text("experiment_id");
        var info = (await victim.DoneAsync("POST", Tracking + "runs/create", new { experiment_id = experiment, run_name = Secret, start_time = 1 })).GetProperty("run").GetProperty("info");
        run = info.Text("run_id");
        await victim.DoneAsync("POST", Tracking + "runs/log-metric", new { run_id = run, key = "auc", value = 0.5, timestamp = 1, step = 0 });
        await victim.DoneAsync("PUT", $"{Files}{experiment}/{run}/artifacts/model/weights.txt", Secret);
        loggedModel = (await victim.DoneAsync("POST", Tracking + "logged-models", new { experiment_id = experiment, name = Secret, source_run_id = run }))
            .GetProperty("model").GetProperty("info").Text("model_id");
        await victim.DoneAsync("POST", Tracking + "registered-models/create", new { name = "victim" });
        await victim.DoneAsync("POST", Tracking + "model-versions/create", new { name = "victim", source = info.Text("artifact_uri") + "/model", run_id = run });
        await attacker.DoneAsync("GET", Tracking + "experiments/get?experiment_id=0");
    }

    [Fact]
    public async Task Another_workspace_is_closed_by_header_by_base_path_and_by_both()
    {
        using var byHeader = plane.NewClient(other);
        byHeader.DefaultRequestHeaders.Authorization = attacker.DefaultRequestHeaders.Authorization;
        using var bare = plane.NewClient();
        bare.DefaultRequestHeaders.Authorization = attacker.DefaultRequestHeaders.Authorization;
        foreach (var path in (string[])[Tracking + $"runs/get?run_id={run}", Tracking + "registered-models/search", Files + "x", $"/api/v1/tracking/runs/{run}/registrations", "/graphql"])
        {
            Assert.Equal(403, (await byHeader.CallAsync(path == "/graphql" ? "POST" : "GET", path, path == "/graphql" ? new { query = "{ test }" } : null)).Status);
            Assert.Equal(403, (await bare.CallAsync(path == "/graphql" ? "POST" : "GET", $"/w/{other}{path}", path == "/graphql" ? new { query = "{ test }" } : null)).Status);
            Assert.Equal(403, (await byHeader.CallAsync(path == "/graphql" ? "POST" : "GET", $"/w/{other}{path}", path == "/graphql" ? new { query = "{ test }" } : null)).Status);
            // One of each: they must agree.
            Assert.Equal(400, (await byHeader.CallAsync("GET", $"/w/{own}{path}")).Status);
            Assert.Equal(400, (await attacker.CallAsync("GET", $"/w/{other}{path}")).Status);
            Assert.Contains((await bare.CallAsync("GET", $"/w/{own}/../{other}{path}")).Status, (int[])[400, 403, 405]);
            Assert.Contains((await bare.CallAsync("GET", $"/w/{own}/w/{other}{path}")).Status, (int[])[403, 404]);
        }

        using var two = plane.NewClient();
        two.DefaultRequestHeaders.Authorization = attacker.DefaultRequestHeaders.Authorization;
        two.DefaultRequestHeaders.TryAddWithoutValidation("X-MLFLOW-WORKSPACE", [own, other]);
        Assert.Equal(400, (await two.CallAsync("GET", Tracking + $"runs/get?run_id={run}")).Status);
    }

    [Fact]
    public async Task Ids_of_another_workspace_lead_nowhere()
    {
        (string Method, string Path, object? Body)[] requests =
        [
            ("GET", $"runs/get?run_id={run}", null), ("GET", $"metrics/get-history?run_id={run}&metric_key=auc", null),
            ("GET", $"artifacts/list?run_id={run}", null), ("GET", $"logged-models/{loggedModel}", null),
            ("GET", $"logged-models/{loggedModel}/artifacts/directories", null), ("GET", "registered-models/get?name=victim", null),
            ("GET", "model-versions/get?name=victim&version=1", null), ("GET", "model-versions/get-download-uri?name=victim&version=1", null),
            ("POST", "runs/log-metric", new { run_id = run, key = "auc", value = 1.0, timestamp = 2, step = 1 }), ("POST", "runs/set-tag", new { run_id = run, key = "a", value = "b" }),
            ("POST", "runs/log-batch", new { run_id = run, tags = new[] { new { key = "a", value = "b" } } }), ("POST", "runs/update", new { run_id = run, status = "FAILED" }),
            ("POST", "runs/delete", new { run_id = run }), ("DELETE", $"logged-models/{loggedModel}", null),
            ("PATCH", $"logged-models/{loggedModel}", new { model_id = loggedModel, status = "LOGGED_MODEL_UPLOAD_FAILED" }),
            ("DELETE", "registered-models/delete", new { name = "victim" }), ("POST", "registered-models/rename", new { name = "victim", new_name = "mine" }),
            ("POST", "registered-models/alias", new { name = "victim", alias = "champion", version = "1" }),
        ];
        foreach (var (method, path, body) in requests)
        {
            var (status, answer) = await attacker.CallAsync(method, Tracking + path, body);
            // A history of nothing is empty, as MLflow answers it.
            Assert.True(status == 404 || answer.ToString() == "{}", $"{method} {path}: {status} {answer}");
            Assert.DoesNotContain(Secret, answer.ToString(), StringComparison.Ordinal);
        }

        foreach (var (method, path) in new[]
        {
            ("GET", $"/get-artifact?run_id={run}&path=model/weights.txt"), ("GET", "/model-versions/get-artifact?name=victim&version=1&path=weights.txt"),
            ("GET", $"/ajax-api/2.0/mlflow/logged-models/{loggedModel}/artifacts/files?artifact_file_path=x"), ("GET", $"/api/v1/tracking/runs/{run}/histories?metric=auc"),
            ("GET", $"/api/v1/tracking/runs/{run}/metrics/tail"), ("DELETE", $"/api/v1/tracking/runs/{run}"), ("DELETE", $"/api/v1/tracking/experiments/{experiment}"),
            ("GET", "/api/v1/registry/models/victim/history"), ("GET", "/api/v1/registry/models/victim/versions/1/lineage"),
        })
        {
            var (status, answer) = await attacker.CallAsync(method, path);
            // Experiment ids count per workspace: the number may be one of the attacker's own.
            Assert.True(status is 404 or 400 or 409, $"{method} {path}: {status} {answer}");
            Assert.DoesNotContain(Secret, answer.ToString(), StringComparison.Ordinal);
        }

        var kept = (await victim.DoneAsync("GET", Tracking + $"runs/get?run_id={run}")).GetProperty("run");
        Assert.Equal(("RUNNING", "active", 0.5), (kept.GetProperty("info").Text("status"), kept.GetProperty("info").Text("lifecycle_stage"),
            kept.GetProperty("data").GetProperty("metrics")[0].GetProperty("value").GetDouble()));
    }

    [Fact]
    public async Task Paths_of_artifacts_do_not_lead_into_another_workspace()
    {
        var target = $"workspaces/{other}/{experiment}/{run}/artifacts/model/weights.txt";
        string[] forms =
        [
            target, target.Replace("/", "%2F", StringComparison.Ordinal), target.Replace("/", "%252F", StringComparison.Ordinal),
            "%77orkspaces" + target["workspaces".Length..], "./" + target, "x/../" + target, $"..%2F{other}%2F{experiment}", $"%2e%2e/{other}/{experiment}",
            $"%252e%252e/{other}", $"..%5c{other}", "workspaces//" + target["workspaces/".Length..], "/" + target, $"workspaces/{own}/../{other}/x", "WORKSPACES" + target["workspaces".Length..],
        ];
        foreach (var form in forms)
        {
            foreach (var prefix in (string[])["", "/ajax-api/2.0/mlflow-artifacts/artifacts/"])
            {
                var path = (prefix.Length == 0 ? Files : prefix) + form;
                var (status, answer) = await attacker.CallAsync("GET", path);
                Assert.True(status is 400 or 404 or 403, $"GET {path}: {status}");
                Assert.DoesNotContain(Secret, answer.ToString(), StringComparison.Ordinal);
            }

            Assert.NotEqual(500, (await attacker.CallAsync("DELETE", Files + form)).Status);
            Assert.NotEqual(500, (await attacker.CallAsync("PUT", Files + form, "overwritten")).Status);
            Assert.DoesNotContain(run, (await attacker.CallAsync("GET", Files.TrimEnd('/') + "?path=" + Uri.EscapeDataString(form[..form.LastIndexOf('/').Bounded()]))).Body.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(Secret, (await victim.DoneAsync("GET", $"{Files}{experiment}/{run}/artifacts/model/weights.txt")).GetString());
    }

    [Fact]
    public async Task Experiments_and_workspaces_that_place_their_files_in_another_workspace_read_none_of_them()
    {
        var root = $"mlflow-artifacts:/workspaces/{other}/{experiment}/{run}/artifacts";
        var (status, made) = await attacker.CallAsync("POST", Tracking + "experiments/create", new { name = "thief", artifact_location = root });
        if (status == 200)
            await ReadsNothingAsync(made.Text("experiment_id"));
        await attacker.CallAsync("PATCH", $"/api/3.0/mlflow/workspaces/{own}", new { default_artifact_root = root });
        (status, made) = await attacker.CallAsync("POST", Tracking + "experiments/create", new { name = "thief-2" });
        if (status == 200)
            await ReadsNothingAsync(made.Text("experiment_id"));
        Assert.Equal(403, (await attacker.CallAsync("PATCH", $"/api/3.0/mlflow/workspaces/{other}", new { description = "mine now" })).Status);
        Assert.Equal(403, (await attacker.CallAsync("DELETE", $"/api/3.0/mlflow/workspaces/{other}?mode=CASCADE")).Status);
        Assert.Equal(403, (await attacker.CallAsync("DELETE", $"/api/3.0/mlflow/workspaces/{own}?mode=SET_DEFAULT")).Status);
        Assert.Equal(403, (await attacker.CallAsync("GET", $"/api/3.0/mlflow/workspaces/{other}")).Status);
    }

    [Fact]
    public async Task Versions_whose_source_points_into_another_workspace_are_not_made()
    {
        await attacker.DoneAsync("POST", Tracking + "registered-models/create", new { name = "thief" });
        string[] sources =
        [
            $"mlflow-artifacts:/workspaces/{other}/{experiment}/{run}/artifacts/model", $"mlflow-artifacts://anything/workspaces/{other}/{experiment}",
            $"MLFLOW-ARTIFACTS:/workspaces/{other}/{experiment}", $"mlflow-artifacts:/workspaces%2F{other}/{experiment}",
            $"http://127.0.0.1/api/2.0/mlflow-artifacts/artifacts/workspaces/{other}/{experiment}", "models:/victim/1", $"models:/{loggedModel}",
            $"mlflow-artifacts:/../{other}/{experiment}", $"mlflow-artifacts:/x/%2e%2e/workspaces/{other}",
        ];
        foreach (var source in sources)
        {
            foreach (var prompt in (bool[])[false, true])
            {
                object body = prompt
                    ? new { name = "thief", source, tags = new[] { new { key = "mlflow.prompt.is_prompt", value = "true" } } }
                    : new { name = "thief", source };
                var (status, answer) = await attacker.CallAsync("POST", Tracking + "model-versions/create", body);
                Assert.True(status is 400 or 404, $"{source}: {status} {answer}");
            }
        }

        foreach (var source in (string[])[$"runs:/{run}/model", "s3://bucket/x"])
        {
            var (status, answer) = await attacker.CallAsync("POST", Tracking + "model-versions/create", new { name = "thief", source, run_id = run });
            if (status != 200)
                continue;
            var version = answer.GetProperty("model_version").Text("version");
            Assert.NotEqual(200, (await attacker.CallAsync("GET", $"/model-versions/get-artifact?name=thief&version={version}&path=weights.txt")).Status);
            // Nothing of the run that it claims to come from is told, whatever the registry learns of runs.
            var lineage = (await attacker.CallAsync("GET", $"/api/v1/registry/models/thief/versions/{version}/lineage")).Body.ToString();
            Assert.DoesNotContain("auc", lineage, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, lineage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Searches_and_queries_see_the_own_workspace_only()
    {
        var keyset = new { experiment_ids = Enumerable.Range(0, 5).Select(id => $"{id}"), filter = $"attributes.run_id = '{run}' OR attributes.run_name LIKE '%'" };
        (string Method, string Path, object? Body)[] searches =
        [
            ("POST", Tracking + "runs/search", keyset), ("POST", Tracking + "experiments/search", new { max_results = 100, filter = "name LIKE '%'" }),
            ("POST", Tracking + "logged-models/search", new { experiment_ids = new[] { experiment } }), ("GET", Tracking + "registered-models/search?filter=name LIKE '%25'", null),
            ("GET", Tracking + $"model-versions/search?filter=run_id = '{run}'", null), ("POST", "/api/v1/registry/versions/search", new { model = "victim" }),
            ("GET", $"/api/v1/registry/lineage?runId={run}", null), ("GET", $"/api/v1/tracking/runs/export?experimentIds={experiment}&format=ndjson", null),
            ("GET", $"/api/v1/tracking/runs/compare?runIds={run},{run}", null),
            ("POST", "/graphql", new { query = "query($r: MlflowGetRunInput) { mlflowGetRun(input: $r) { run { info { runName } } } }", variables = new { r = new { runId = run } } }),
        ];
        foreach (var (method, path, body) in searches)
        {
            var (status, answer) = await attacker.CallAsync(method, path, body);
            Assert.True(status is not (401 or 403 or 500), $"{path}: {status} {answer}");
            Assert.DoesNotContain(Secret, answer.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("\"victim\"", answer.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Events_and_what_services_ask_each_other_are_closed()
    {
        foreach (var (method, path) in new[]
        {
            ("GET", "/api/v1/events/outbox"), ("POST", "/api/v1/events/outbox/replay"), ("GET", "/metrics"), ("GET", $"/api/v1/access/facts/workspaces/{other}"),
            ("GET", "/api/v1/access/facts/identities/version"), ("GET", $"/api/v1/tracking/facts/runs/{run}"), ("GET", $"/api/v1/registry/facts/contents?workspace={other}"),
        })
            Assert.Contains((await attacker.CallAsync(method, path)).Status, (int[])[403, 404]);
    }

    [Fact]
    public async Task A_workspace_is_not_made_by_who_has_no_rights_in_it()
    {
        var unmade = PlaneFixture.FreshWorkspace();
        using var client = plane.NewClient(unmade);
        client.DefaultRequestHeaders.Authorization = attacker.DefaultRequestHeaders.Authorization;
        foreach (var operation in EveryOperation.Of(plane).Where(operation => operation.Policy?.InAllWorkspaces == false))
        {
            using var answer = await operation.SendAsync(client, TestContext.Current.CancellationToken);
            Assert.NotEqual(500, (int)answer.StatusCode);
        }

        Assert.Equal(404, (await plane.Admin.CallAsync("GET", $"/api/3.0/mlflow/workspaces/{unmade}")).Status);
        Assert.Empty((await plane.Admin.DoneAsync("GET", $"/api/v1/access/audit?target={unmade}")).GetProperty("entries").EnumerateArray());
    }

    public ValueTask DisposeAsync()
    {
        attacker?.Dispose();
        victim?.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    private async Task ReadsNothingAsync(string ownExperiment)
    {
        var (status, made) = await attacker.CallAsync("POST", Tracking + "runs/create", new { experiment_id = ownExperiment, start_time = 1 });
        if (status != 200)
            return;
        var id = made.GetProperty("run").GetProperty("info").Text("run_id");
        foreach (var path in (string[])[$"/get-artifact?run_id={id}&path=model/weights.txt", $"/get-artifact?run_id={id}&path=../../model/weights.txt", $"{Tracking}artifacts/list?run_id={id}"])
        {
            var (answered, body) = await attacker.CallAsync("GET", path);
            Assert.NotEqual(500, answered);
            Assert.DoesNotContain(Secret, body.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("weights.txt\"", body.ToString(), StringComparison.Ordinal);
        }
    }
}

internal static class Indexes
{
    /// <summary>A position in a text, or its start where there is none.</summary>
    public static int Bounded(this int index) => Math.Max(index, 0);
}
