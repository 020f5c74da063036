using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace MlopsPlane.EndToEnd.Tests.Hosts;

public sealed class SeparateHostTests
{
    [Fact]
    public async Task A_host_of_a_cluster_never_migrates_and_is_not_ready_until_the_migrate_verb_ran()
    {
        using var hosts = await SeparateHosts.OnEmptyDatabasesAsync();
        var tracker = await hosts.StartAsync("ExperimentTracker");
        using (var early = await tracker.Http.GetAsync("/readyz"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
            Assert.Contains("older than this build needs; run the migrate verb", await early.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using (var live = await tracker.Http.GetAsync("/livez"))
            Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(0, await hosts.MigrateAsync("ExperimentTracker"));
        using var ready = await tracker.Http.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(0, await hosts.MigrateAsync("ExperimentTracker"));
    }

    [Fact]
    public async Task Separate_hosts_ask_each_other_for_workspaces_and_run_facts()
    {
        using var hosts = await SeparateHosts.OnEmptyDatabasesAsync();
        await MigrateAllAsync(hosts);
        var access = await hosts.StartAsync("Access", "--Workspaces:AutoCreate", "true");
        var tracker = await hosts.StartAsync("ExperimentTracker", "--Services:Access", access.Address.ToString());
        var registry = await hosts.StartAsync("ModelRegistry", "--Services:Access", access.Address.ToString(), "--Services:Tracker", tracker.Address.ToString());

        var run = (await PostAsync(tracker.Http, "runs/create", new { experiment_id = "0" })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
        await PostAsync(registry.Http, "registered-models/create", new { name = "fraud" });
        var version = await PostAsync(registry.Http, "model-versions/create", new { name = "fraud", source = $"mlflow-artifacts:/0/{run}/artifacts/model", run_id = run });
        Assert.Equal("1", version.GetProperty("model_version").GetProperty("version").GetString());
    }

    [Fact]
    public async Task The_tracker_s_pages_show_versions_of_a_registry_that_is_another_process()
    {
        using var hosts = await SeparateHosts.OnEmptyDatabasesAsync();
        await MigrateAllAsync(hosts);
        var access = await hosts.StartAsync("Access", "--Workspaces:AutoCreate", "true");
        var registry = await hosts.StartAsync("ModelRegistry", "--Services:Access", access.Address.ToString());
        var tracker = await hosts.StartAsync("ExperimentTracker", "--Services:Access", access.Address.ToString(), "--Services:Registry", registry.Address.ToString());
        var run = (await PostAsync(tracker.Http, "runs/create", new { experiment_id = "0" })).GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
        await PostAsync(registry.Http, "registered-models/create", new { name = "fraud" });
        await PostAsync(registry.Http, "model-versions/create", new { name = "fraud", source = "s3://bucket/model", run_id = run });

        using var request = new HttpRequestMessage(HttpMethod.Post, "/graphql")
        {
            Content = JsonContent.Create(new
            {
                query = $$"""
                    { run: mlflowGetRun(input: { runId: "{{run}}" }) { run { modelVersions { name version } } }
                      search: mlflowSearchModelVersions(input: { filter: "name = 'fraud'", maxResults: "5", orderBy: ["name"] }) { modelVersions { version } } }
                    """,
            }),
        };
        request.Headers.Add("X-MLFLOW-WORKSPACE", "team-a");
        using var response = await tracker.Http.SendAsync(request);
        Assert.Equal(
            """{"data":{"run":{"run":{"modelVersions":[{"name":"fraud","version":"1"}]}},"search":{"modelVersions":[{"version":"1"}]}},"errors":null}""",
            await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_service_whose_peer_is_gone_answers_503_and_not_500()
    {
        using var hosts = await SeparateHosts.OnEmptyDatabasesAsync();
        Assert.Equal(0, await hosts.MigrateAsync("ExperimentTracker"));
        var tracker = await hosts.StartAsync("ExperimentTracker", "--Services:Access", "http://127.0.0.1:1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/2.0/mlflow/experiments/get?experiment_id=0");
        request.Headers.Add("X-MLFLOW-WORKSPACE", "team-a");
        using var response = await tracker.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    private static async Task MigrateAllAsync(SeparateHosts hosts)
    {
        foreach (var service in new[] { "Access", "ExperimentTracker", "ModelRegistry" })
            Assert.Equal(0, await hosts.MigrateAsync(service));
    }

    /// <summary>Repeats a 503, which a client is told to: the first questions between cold processes may take longer than their bound.</summary>
    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/2.0/mlflow/{path}") { Content = JsonContent.Create(body) };
            request.Headers.Add("X-MLFLOW-WORKSPACE", "team-a");
            using var response = await http.SendAsync(request, bound.Token);
            var text = await response.Content.ReadAsStringAsync(bound.Token);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
                continue;
            Assert.True(response.IsSuccessStatusCode, text);
            return JsonSerializer.Deserialize<JsonElement>(text);
        }
    }
}
