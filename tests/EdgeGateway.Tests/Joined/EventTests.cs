using System.Net;
using System.Text.Json;
using MlopsPlane.EdgeGateway.Tests.World;

namespace MlopsPlane.EdgeGateway.Tests.Joined;

public sealed class EventTests(EdgeFixture fixture) : IClassFixture<EdgeFixture>
{
    private const string Events = "/api/v1/events";

    private EdgeWorld World => fixture.World;

    [Fact]
    public async Task The_depth_is_that_of_every_service_or_of_the_one_that_is_named()
    {
        var all = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync($"{Events}/outbox"));
        Assert.Equal(["access", "console", "registry", "tracker"], all.EnumerateArray().Select(Service).Order(StringComparer.Ordinal));
        var one = await EdgeWorld.SucceedAsync(await World.Admin.GetAsync($"{Events}/outbox?service=access"));
        Assert.Equal("access", Service(Assert.Single(one.EnumerateArray())));
        using var unknown = await World.Admin.GetAsync($"{Events}/outbox?service=nobody");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Contains("service_not_found", await unknown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task Pages_lead_through_the_failed_events_of_all_services_once_each(int limit)
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        (world.Stub("tracker").FailedEvents, world.Stub("registry").FailedEvents) = (7, 5);
        var (seen, token) = (new List<string>(), (string?)null);
        do
        {
            var page = await EdgeWorld.SucceedAsync(await world.Admin.GetAsync($"{Events}/outbox/failed?limit={limit}&pageToken={token}"));
            var events = page.GetProperty("events").EnumerateArray().ToList();
            Assert.InRange(events.Count, 0, limit);
            seen.AddRange(events.Select(one => $"{Service(one)} {one.GetProperty("event").GetProperty("position").GetInt64()}"));
            token = page.GetProperty("nextPageToken").GetString();
        }
        while (token is not null);
        Assert.Equal([.. Enumerable.Range(1, 5).Select(i => $"registry {i}"), .. Enumerable.Range(1, 7).Select(i => $"tracker {i}")], seen);
    }

    [Theory]
    [InlineData("outbox/failed?limit=0", "invalid_limit")]
    [InlineData("outbox/failed?limit=1001", "invalid_limit")]
    [InlineData("inbox?pageToken=nonsense", "invalid_page_token")]
    [InlineData("inbox?pageToken=e30", "invalid_page_token")]
    public async Task A_wrong_page_is_refused_by_its_field(string query, string code)
    {
        using var response = await World.Admin.GetAsync($"{Events}/{query}");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(code, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_reaches_every_service_and_one_consumers_repair_its_service_only()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        world.Stub("registry").FailedEvents = 3;
        var replayed = await EdgeWorld.SucceedAsync(await world.Admin.PostAsync($"{Events}/outbox/replay", null));
        Assert.Equal(3, replayed.GetProperty("registry").GetInt32());
        Assert.Equal(0, replayed.GetProperty("tracker").GetInt32());
        // The stub has no consumers, and its own refusal comes back: it was asked, and nobody else.
        using var skip = await world.Admin.PostAsync($"{Events}/inbox/skip?consumer=registry.workspaces&aggregate=a", null);
        Assert.Equal(HttpStatusCode.NotFound, skip.StatusCode);
        Assert.Contains("consumer_not_found", await skip.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_is_skipped_in_the_service_that_is_named()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        world.Stub("registry").FailedEvents = 3;
        var skipped = await EdgeWorld.SucceedAsync(await world.Admin.PostAsync($"{Events}/outbox/skip?service=registry&position=3", null));
        Assert.Equal("registry", Service(skipped));
        Assert.Equal(3, skipped.GetProperty("position").GetInt64());
        foreach (var (query, status, code) in new[]
        {
            ("service=tracker&position=3", HttpStatusCode.NotFound, "nothing_parked"), ("service=nobody&position=3", HttpStatusCode.NotFound, "service_not_found"),
            ("position=3", HttpStatusCode.BadRequest, "service"), ("service=registry", HttpStatusCode.BadRequest, "position"),
        })
        {
            using var refused = await world.Admin.PostAsync($"{Events}/outbox/skip?{query}", null);
            Assert.Equal(status, refused.StatusCode);
            Assert.Contains(code, await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_named_and_the_others_can_be_asked_alone()
    {
        await using var world = await EdgeWorld.StartAsync(replicas: 1);
        await world.StopReplicaAsync("registry", 0);
        using var all = await world.Admin.GetAsync($"{Events}/outbox");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, all.StatusCode);
        Assert.Contains("'registry'", await all.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await EdgeWorld.SucceedAsync(await world.Admin.GetAsync($"{Events}/outbox?service=tracker"));
    }

    [Fact]
    public async Task Who_may_not_look_at_operations_sees_no_service()
    {
        var (reader, _) = await World.ServiceAccountAsync("event-reader", "reader", "team-a");
        using var response = await reader.GetAsync($"{Events}/outbox");
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    private static string Service(JsonElement entry) => entry.GetProperty("service").GetString()!;
}
