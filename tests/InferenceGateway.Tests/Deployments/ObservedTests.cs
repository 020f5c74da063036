using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Desired;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Deployments.Upkeep;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Deployments;

public sealed class ObservedOnSqlite(AllInOneOnSqlite plane) : ObservedTests(plane);

public sealed class ObservedOnPostgres(AllInOneOnPostgres plane) : ObservedTests(plane);

public abstract class ObservedTests(PlaneFixture plane) : IDisposable
{
    private readonly DeploymentClient deployments = DeploymentClient.In(plane);
    private readonly string replica = $"r-{Guid.CreateVersion7():N}";

    [Fact]
    public async Task What_a_replica_tells_is_the_status_of_the_deployment()
    {
        var key = await DeployAsync();
        await ReportAsync(Seen(key, 1, ServingState.Downloading) with { Progress = 0.5 });
        var status = await StatusAsync();
        Assert.Equal("Progressing", status.GetProperty("phase").GetString());
        var shown = status.GetProperty("replicas")[0];
        Assert.Equal((replica, "main", 1, "Downloading", 0.5), (shown.GetProperty("replica").GetString(), shown.GetProperty("variant").GetString(),
            shown.GetProperty("version").GetInt32(), shown.GetProperty("state").GetString(), shown.GetProperty("progress").GetDouble()));

        await ReportAsync(Seen(key, 1, ServingState.Ready) with { Provider = "cpu", FallbackReason = "no cuDNN", MemoryBytes = 1024 });
        status = await StatusAsync();
        Assert.Equal(("Ready", 1), (status.GetProperty("phase").GetString(), status.GetProperty("variants")[0].GetProperty("readyReplicas").GetInt32()));
        shown = status.GetProperty("replicas")[0];
        Assert.Equal(("cpu", "no cuDNN", 1024, JsonValueKind.Null), (shown.GetProperty("provider").GetString(), shown.GetProperty("fallbackReason").GetString(), shown.GetProperty("memoryBytes").GetInt64(), shown.GetProperty("progress").ValueKind));
        Assert.Equal("Ready", (await deployments.GetAsync("/m")).GetProperty("phase").GetString());
        Assert.Single((await deployments.GetAsync("?state=Ready")).GetProperty("deployments").EnumerateArray());
        var since = shown.GetProperty("updatedAt").GetDateTimeOffset();

        // Nothing new: only the sign of life is written.
        await ReportAsync(Seen(key, 1, ServingState.Ready) with { Provider = "cpu", FallbackReason = "no cuDNN", MemoryBytes = 1024 });
        Assert.Equal(since, (await StatusAsync()).GetProperty("replicas")[0].GetProperty("updatedAt").GetDateTimeOffset());
        Assert.Equal(["model-loaded", "created"], await deployments.EventsAsync("m"));
        var aggregate = $"deployment:{deployments.Workspace}/m";
        Assert.Equal(2, await InDbAsync(db => db.Database.SqlQuery<long>($"SELECT last AS \"Value\" FROM aggregate_sequences WHERE aggregate = {aggregate}").SingleAsync()));
        await ReportAsync(Seen(key, 1, ServingState.Ready), Seen(key, 1, ServingState.Draining));
        Assert.Equal("Ready", Assert.Single((await StatusAsync()).GetProperty("replicas").EnumerateArray()).GetProperty("state").GetString());
        await ReportAsync();
        Assert.Empty((await StatusAsync()).GetProperty("replicas").EnumerateArray());
    }

    [Fact]
    public async Task A_version_that_fails_is_an_event_and_a_condition_while_the_one_before_serves_on()
    {
        var key = await DeployAsync();
        await ReportAsync(Seen(key, 1, ServingState.Ready));
        await deployments.AliasAsync("m", "live", 2);
        await deployments.ServesAsync("m", 2);
        await ReportAsync(Seen(key, 1, ServingState.Ready), Seen(key, 2, ServingState.Loading, generation: 2));
        Assert.Equal("Progressing", (await StatusAsync()).GetProperty("phase").GetString());
        await ReportAsync(Seen(key, 1, ServingState.Ready), Seen(key, 2, ServingState.Failed, generation: 2) with { Reason = "no such operator" });
        var status = await StatusAsync();
        Assert.Equal("Degraded", status.GetProperty("phase").GetString());
        Assert.True(Condition(status, "Available").GetProperty("status").GetBoolean());
        Assert.Equal((true, $"main version 2 on {replica}: no such operator"), (Condition(status, "LoadFailed").GetProperty("status").GetBoolean(), Condition(status, "LoadFailed").GetProperty("message").GetString()));
        var error = (await deployments.GetAsync("/m/events?severity=error")).GetProperty("events")[0];
        Assert.Equal(("load-failed", replica, "main version 2 failed: no such operator"), (error.GetProperty("type").GetString(), error.GetProperty("replica").GetString(), error.GetProperty("message").GetString()));
        await ReportAsync(Seen(key, 2, ServingState.Failed, generation: 2) with { Reason = "no such operator" });
        status = await StatusAsync();
        Assert.Equal(("Failed", false), (status.GetProperty("phase").GetString(), Condition(status, "Available").GetProperty("status").GetBoolean()));
        await ReportAsync(Seen(key, 2, ServingState.Quarantined, generation: 2) with { Reason = "two abnormal exits" });
        Assert.Equal("quarantined", (await deployments.EventsAsync("m"))[0]);
    }

    [Fact]
    public async Task A_replica_that_fell_silent_does_not_count_and_is_forgotten_later()
    {
        var key = await DeployAsync();
        await ReportAsync(Seen(key, 1, ServingState.Ready));
        await AgeAsync(TimeSpan.FromSeconds(31));
        var status = await StatusAsync();
        Assert.Equal("Pending", status.GetProperty("phase").GetString());
        Assert.True(status.GetProperty("replicas")[0].GetProperty("silent").GetBoolean());
        await AgeAsync(TimeSpan.FromMinutes(11));
        await CleanAsync();
        Assert.Empty((await StatusAsync()).GetProperty("replicas").EnumerateArray());
        await ReportAsync(Seen(key, 1, ServingState.Ready), Seen(key: long.MaxValue, 1, ServingState.Ready));
        Assert.Equal("Ready", (await StatusAsync()).GetProperty("phase").GetString());
    }

    [Fact]
    public async Task Of_each_deployment_the_newest_thousand_events_of_thirty_days_are_kept()
    {
        var key = await DeployAsync();
        // Placed or not, the leader has told of it before the test does.
        await Until.TrueAsync(async () => (await deployments.GetAsync("/m/events")).GetProperty("events").EnumerateArray().Any(one => one.GetProperty("type").GetString() is "placed" or "unplaced"));
        await AddEventsAsync(key, 1005, TimeSpan.Zero);
        await AddEventsAsync(key, 3, TimeSpan.FromDays(31));
        await CleanAsync();
        var kept = await InDbAsync(db => db.Events.Where(row => row.DeploymentKey == key).OrderBy(row => row.EventId).Select(row => row.Message).ToListAsync());
        Assert.Equal((DeploymentCleaner.EventsKept, "e5", "e1004"), (kept.Count, kept[0], kept[^1]));
        Assert.Equal("deployment_not_found", (await deployments.SendAsync(HttpMethod.Get, "/other/events")).Body.GetProperty("code").GetString());
        var page = await deployments.GetAsync("/m/events?limit=2");
        Assert.Equal(["e1004", "e1003"], Messages(page));
        Assert.Equal(["e1002", "e1001"], Messages(await deployments.GetAsync($"/m/events?limit=2&pageToken={page.GetProperty("nextPageToken").GetString()}")));
    }

    [Theory]
    [InlineData("Ready", 1, "1:Ready")]
    [InlineData("Ready", 1, "1:Unloaded")]
    [InlineData("Ready", 2, "1:Ready 1:Ready")]
    [InlineData("Progressing", 2, "1:Ready")]
    [InlineData("Progressing", 1, "1:Ready 1:Loading")]
    [InlineData("Progressing", 1, "1:Ready", 2)]
    [InlineData("Ready", 1, "1:Ready 1:Ready", 2)]
    [InlineData("Progressing", 1, "1:Warming")]
    [InlineData("Progressing", 1, "0:Ready")]
    [InlineData("Pending", 1, "")]
    [InlineData("Pending", 1, "1:Pending")]
    [InlineData("Degraded", 1, "1:Degraded")]
    [InlineData("Degraded", 1, "1:Ready 1:Failed")]
    [InlineData("Degraded", 1, "0:Ready 1:Failed")]
    [InlineData("Failed", 1, "1:Failed")]
    [InlineData("Failed", 1, "1:Quarantined")]
    [InlineData("Progressing", 1, "1:Failed 1:Loading")]
    public void The_phase_of_a_variant_follows_from_what_replicas_say(string phase, int replicas, string states, int assigned = 0) =>
        Assert.Equal(phase, PhaseRules.Of(1, 1, replicas, assigned, [.. states.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select((state, i) => new ReplicaState
        {
            ReplicaId = $"{i}", Variant = "main", Version = state[0] - '0', State = state[2..], Generation = 1,
        })]).ToString());

    public void Dispose()
    {
        deployments.Dispose();
        GC.SuppressFinalize(this);
    }

    private static ObservedVariant Seen(long key, int version, ServingState state, long generation = 1) => new(key, "main", version, generation, state);

    private static JsonElement Condition(JsonElement status, string type) =>
        status.GetProperty("conditions").EnumerateArray().Single(one => one.GetProperty("type").GetString() == type);

    private static IEnumerable<string> Messages(JsonElement page) => page.GetProperty("events").EnumerateArray().Select(one => one.GetProperty("message").GetString()!);

    /// <summary>A deployment that follows an alias at version 1; its key.</summary>
    private async Task<long> DeployAsync()
    {
        await deployments.ModelAsync("m", versions: 2);
        await deployments.AliasAsync("m", "live", 1);
        await deployments.CreateAsync(new { model = "models:/m@live" });
        return (await plane.Services.GetRequiredService<IDesiredState>().ReadAsync(CancellationToken.None)).Single(row => row.Workspace == deployments.Workspace).Key;
    }

    private Task<JsonElement> StatusAsync() => deployments.GetAsync("/m/status");

    private Task<bool> ReportAsync(params ObservedVariant[] variants) => plane.Services.GetRequiredService<IObservedState>().ReportAsync(
        new(replica, replica, "http://127.0.0.1:1", null, replica, ["cpu"], 1 << 30, 0, TimeProvider.System.GetUtcNow()), variants, CancellationToken.None);

    private Task<int> AgeAsync(TimeSpan by) => InDbAsync(db => db.WriteAsync(ct => db.Replicas.Where(row => row.ReplicaId == replica).ExecuteUpdateAsync(
        set => set.SetProperty(row => row.HeartbeatAt, TimeProvider.System.NowMicroseconds() - DeploymentInstant.Span(by)), ct), CancellationToken.None));

    private Task<bool> AddEventsAsync(long key, int count, TimeSpan ago) => InDbAsync(db => db.WriteAsync(async ct =>
    {
        var workspace = await db.Deployments.Where(row => row.DeploymentKey == key).Select(row => row.WorkspaceId).SingleAsync(ct);
        db.Events.AddRange(Enumerable.Range(0, count).Select(i => new DeploymentEvent
        {
            WorkspaceId = workspace, DeploymentKey = key, Deployment = "m", At = TimeProvider.System.NowMicroseconds() - DeploymentInstant.Span(ago),
            Type = "test", Severity = DeploymentEvent.Info, Message = $"e{i}",
        }));
        return true;
    }, CancellationToken.None));

    private async Task CleanAsync()
    {
        await using var scope = plane.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DeploymentCleaner>().CleanAsync(CancellationToken.None);
    }

    private async Task<T> InDbAsync<T>(Func<InferenceDb, Task<T>> work)
    {
        await using var scope = plane.Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<InferenceDb>());
    }
}
