using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using MlopsPlane.Cluster.Tests.World;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Journeys;

namespace MlopsPlane.Cluster.Tests;

public sealed class WalkthroughTests(RunningCluster cluster)
{
    private const long FileLength = 200L * 1024 * 1024;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_logs_finds_keeps_and_registers_through_the_edge_a_reader_only_looks_and_another_team_sees_nothing()
    {
        cluster.Require();
        var (team, other) = (Fresh(), Fresh());
        var writer = await cluster.WithRoleAsync("writer", team);
        var walk = new Walkthrough(new TeamClient(writer, team, Ct));
        await walk.LogAsync();
        await walk.FindAsync();
        await walk.KeepFileAsync(FileLength);
        await walk.RegisterAsync();
        await walk.DeleteAndRestoreAsync();
        await walk.AssertHiddenFromAsync(new TeamClient(await cluster.WithRoleAsync("writer", other), other, Ct));

        var reader = await cluster.WithRoleAsync("reader", team);
        await walk.AssertOnlyLooksAsync(new TeamClient(reader, team, Ct));
        using var stranger = await reader.GetAsync($"/w/{other}/api/2.0/mlflow/experiments/get-by-name?experiment_name=churn", Ct);
        Assert.Equal(HttpStatusCode.Forbidden, stranger.StatusCode);
    }

    [Fact]
    public async Task What_one_service_did_is_known_to_the_other_by_the_broker()
    {
        cluster.Require();
        var team = Fresh();
        var writer = await cluster.WithRoleAsync("writer", team);
        var walk = new Walkthrough(new TeamClient(writer, team, Ct));
        await walk.LogAsync();
        await walk.KeepFileAsync(1024);
        await walk.RegisterAsync();
        var registrations = $"/w/{team}/api/v1/tracking/runs/{walk.LastRun}/registrations";
        await Until.TrueAsync(async () => (await writer.GetStringAsync(registrations, Ct)).Contains("churn-forest", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_is_reached_without_the_edge_asks_for_the_edge_whatever_key_it_is_shown()
    {
        cluster.Require();
        foreach (var (name, address) in cluster.Hosts)
        {
            using var direct = await cluster.Admin.GetAsync(new Uri(address, "/api/2.0/mlflow/experiments/get?experiment_id=0"), Ct);
            Assert.True(direct.StatusCode == HttpStatusCode.Unauthorized, $"{name} answered {direct.StatusCode}.");
        }
    }

    [Fact]
    public async Task The_description_and_the_events_at_the_edge_are_those_of_every_service()
    {
        cluster.Require();
        var document = await cluster.Admin.GetFromJsonAsync<JsonElement>("/openapi", Ct);
        foreach (var path in (string[])["/api/2.0/mlflow/runs/create", "/api/2.0/mlflow/registered-models/create", "/api/v1/access/grants", "/api/v1/serving/deployments", "/api/v1/events/outbox"])
            Assert.True(document.GetProperty("paths").TryGetProperty(path, out _), path);
        Assert.False(document.GetProperty("info").TryGetProperty("description", out var missing), missing.ToString());
        var outboxes = await cluster.Admin.GetFromJsonAsync<JsonElement>("/api/v1/events/outbox", Ct);
        Assert.Equal(["access", "inference", "registry", "tracker"], outboxes.EnumerateArray().Select(one => one.GetProperty("service").GetString()).Order(StringComparer.Ordinal));
        var letters = await cluster.Admin.GetFromJsonAsync<JsonElement>("/api/v1/events/dead-letters", Ct);
        Assert.Contains(letters.EnumerateArray(), one => one.GetProperty("consumer").GetString() == "tracker.registrations");
    }

    private static string Fresh() => $"t-{Guid.CreateVersion7():N}"[..30];
}
