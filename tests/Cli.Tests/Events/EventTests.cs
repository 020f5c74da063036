using MlopsPlane.Cli.Tests.World;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.Cli.Tests.Events;

public sealed class EventTests(GuardedOnSqlite server) : CliTest(server)
{
    [Fact]
    public async Task Outboxes_are_looked_into_and_replayed()
    {
        var depth = await Plane.JsonAsync("outbox", "depth");
        Assert.Equal(["access", "inference", "registry", "tracker"], depth.GetProperty("services").EnumerateArray().Select(one => one.GetProperty("service").GetString()!).Order(StringComparer.Ordinal));
        Assert.StartsWith("SERVICE", (await Plane.RunAsync("outbox", "depth")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await Plane.JsonAsync("outbox", "replay")).GetProperty("access").GetInt32());
        Assert.Equal(0, (await Plane.JsonAsync("outbox", "failed")).GetProperty("events").GetArrayLength());
    }

    [Fact]
    public async Task Inboxes_and_dead_letters_are_looked_into_and_an_unknown_consumer_is_told_the_known_ones()
    {
        Assert.Equal(0, (await Plane.JsonAsync("inbox", "list")).GetProperty("deliveries").GetArrayLength());
        Assert.Equal(0, (await Plane.JsonAsync("inbox", "replay", "--consumer", "registry")).GetProperty("registry").GetInt32());
        Assert.Equal(0, (await Plane.JsonAsync("dead-letters", "list")).GetProperty("queues").GetArrayLength());
        Assert.Equal(0, (await Plane.JsonAsync("dead-letters", "replay", "registry")).GetProperty("moved").GetInt32());
        Refused(await Plane.RunAsync("inbox", "skip", "registry", "none", "--yes"), 1, "nothing_held");
        Refused(await Plane.RunAsync("inbox", "skip", "registry", "none"), 2, "usage");
        Refused(await Plane.RunAsync("outbox", "skip", "registry", "1", "--yes"), 1, "nothing_parked");
        Refused(await Plane.RunAsync("outbox", "skip", "registry", "1"), 2, "usage");
        var unknown = await Plane.RunAsync("inbox", "list", "--consumer", "nobody");
        Refused(unknown, 1, "consumer_not_found");
        Assert.Contains("registry", unknown.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_writer_of_one_workspace_has_no_business_there()
    {
        await Plane.JsonAsync("workspaces", "create", Workspace);
        var account = await server.AddAccountAsync();
        await server.GrantAsync(new { subject = account.Subject, workspace = Workspace, role = "writer" });
        Refused(await NewPlane(account.Key).RunAsync("outbox", "depth"), 4, "permission_denied");
        Refused(await NewPlane(account.Key).RunAsync("outbox", "replay"), 4, "permission_denied");
    }
}
