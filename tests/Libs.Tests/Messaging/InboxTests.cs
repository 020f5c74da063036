using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing;

namespace MlopsPlane.Libs.Tests.Messaging;

public sealed class InboxTests : IAsyncDisposable
{
    private readonly MessagingFixture plane = new();

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgres];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_repeated_delivery_is_applied_once(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await DeliverAsync("ws", (1, "one"), (1, "one"), (2, "two"), (1, "one"), (2, "two"));
        Assert.Equal(["one", "two"], plane.Control.Handled);
        Assert.Equal(["one", "two"], await EffectsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_delivery_that_comes_too_early_waits_for_its_predecessors(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await DeliverAsync("ws", (1, "one"), (4, "four"), (3, "three"), (3, "three"));
        Assert.Equal(["one"], plane.Control.Handled);
        await DeliverAsync("ws", (2, "two"));
        Assert.Equal(["one", "two", "three", "four"], plane.Control.Handled);
        await DeliverAsync("ws", (5, "five"));
        Assert.Equal("five", plane.Control.Handled.Last());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_batch_in_any_order_with_copies_is_applied_in_the_order_of_each_aggregate(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await plane.Consumer.DeclareAsync(CancellationToken.None);
        var later = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1000;
        var batch = Enumerable.Range(1, 40).SelectMany(n => new[] { "a", "b", "c" }.Select(ws => MessagingFixture.Delivery(ws, n, $"{ws}{n}", later))).ToList();
        var shuffled = batch.Concat(batch.Where((_, i) => i % 10 == 0)).ToArray();
        new Random(7).Shuffle(shuffled);
        foreach (var chunk in shuffled.Chunk(17))
            Assert.Empty(await plane.Consumer.DeliverAsync(chunk, CancellationToken.None));
        var effects = await EffectsAsync();
        Assert.Equal(120, effects.Count);
        foreach (var ws in new[] { "a", "b", "c" })
            Assert.Equal(Enumerable.Range(1, 40).Select(n => $"{ws}{n}"), effects.Where(what => what.StartsWith(ws, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_new_consumer_starts_at_the_first_event_that_it_sees(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await DeliverAsync("old", (41, "a"), (42, "b"));
        Assert.Equal(["a", "b"], plane.Control.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_later_event_that_overtakes_the_first_one_is_no_beginning(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await plane.Consumer.DeclareAsync(CancellationToken.None);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 1000;
        await plane.Consumer.DeliverAsync([MessagingFixture.Delivery("ws", 3, "three", previousAt: now)], CancellationToken.None);
        await plane.Consumer.DeliverAsync([MessagingFixture.Delivery("ws", 2, "two", previousAt: now)], CancellationToken.None);
        Assert.Empty(plane.Control.Handled);
        await DeliverAsync("ws", (1, "one"));
        Assert.Equal(["one", "two", "three"], plane.Control.Handled);

        // What was before the consumer's time never comes.
        await plane.Consumer.DeliverAsync([MessagingFixture.Delivery("older", 7, "seven", previousAt: 1)], CancellationToken.None);
        Assert.Equal("seven", plane.Control.Handled.Last());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task One_bad_delivery_of_a_batch_waits_with_its_aggregate_and_the_others_go_on(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        plane.Control.Poison["bad"] = true;
        await DeliverAsync("sick", (1, "fine"));
        var batch = new[] { ("well", 1, "a"), ("sick", 2, "bad"), ("sick", 3, "after"), ("other", 1, "b") };
        Assert.Empty(await plane.Consumer.DeliverAsync([.. batch.Select(one => MessagingFixture.Delivery(one.Item1, one.Item2, one.Item3))], CancellationToken.None));
        Assert.Equal(["a", "b", "fine"], (await EffectsAsync()).Order(StringComparer.Ordinal));
        Assert.Equal((1, 1), await HeldAsync());

        await DeliverAsync("sick", (2, "bad"));
        Assert.Equal((1, 1), await HeldAsync());
        plane.Control.Poison.Clear();
        await Until.TrueAsync(async () => await plane.Consumer.RepeatDueAsync(CancellationToken.None) && (await HeldAsync()) == (0, 0));
        Assert.Equal(["fine", "bad", "after"], (await EffectsAsync()).Where(what => what.Length > 1));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_operator_sees_what_is_held_back_and_lets_the_rest_go_on(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        var inbox = plane.Services.GetRequiredService<IInboxAdministration>();
        plane.Control.Poison["bad"] = true;
        await DeliverAsync("ws", (1, "one"), (2, "bad"), (3, "three"), (6, "six"));
        var held = await inbox.HeldAsync("", 0, 10, CancellationToken.None);
        Assert.Equal([(2, "delayed"), (3, "waiting"), (6, "waiting")], held.Select(one => (one.Sequence, one.State)));
        Assert.Equal("cannot handle bad", held[0].LastError);
        Assert.Equal([3L], (await inbox.HeldAsync("workspace:ws", 2, 1, CancellationToken.None)).Select(one => one.Sequence));

        var failing = await inbox.SkipAsync("workspace:ws", CancellationToken.None);
        Assert.Equal((2L, 2L, "MlopsPlane.Contracts.Access.V1.WorkspaceCreated", 2), (failing!.From, failing.To, failing.Type, failing.GoesOn));
        Assert.True(await plane.Consumer.RepeatDueAsync(CancellationToken.None));
        var gap = await inbox.SkipAsync("workspace:ws", CancellationToken.None);
        Assert.Equal((4L, 5L, (string?)null, 1), (gap!.From, gap.To, gap.Type, gap.GoesOn));
        Assert.True(await plane.Consumer.RepeatDueAsync(CancellationToken.None));
        Assert.Equal(["one", "three", "six"], await EffectsAsync());
        Assert.Null(await inbox.SkipAsync("workspace:ws", CancellationToken.None));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_delivery_that_failed_for_long_is_dead_until_a_replay(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        var inbox = plane.Services.GetRequiredService<IInboxAdministration>();
        plane.Control.Poison["bad"] = true;
        await DeliverAsync("ws", (1, "bad"), (2, "two"));
        await plane.SetAsync<ParkedDelivery>(rows => rows.SetProperty(row => row.Attempts, 19).SetProperty(row => row.AvailableAt, 0L), row => row.Sequence == 1);
        Assert.True(await plane.Consumer.RepeatDueAsync(CancellationToken.None));
        Assert.Equal(["dead", "waiting"], (await inbox.HeldAsync("", 0, 10, CancellationToken.None)).Select(one => one.State));
        Assert.False(await plane.Consumer.RepeatDueAsync(CancellationToken.None));

        plane.Control.Poison.Clear();
        Assert.Equal(1, await inbox.ReplayAsync(aggregate: null, CancellationToken.None));
        Assert.True(await plane.Consumer.RepeatDueAsync(CancellationToken.None));
        Assert.Equal(["bad", "two"], await EffectsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Aggregates_that_are_long_quiet_are_forgotten_unless_something_waits_in_them(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await DeliverAsync("quiet", (1, "one"));
        await DeliverAsync("gap", (1, "one"), (3, "three"));
        await DeliverAsync("fresh", (1, "one"));
        await plane.SetAsync<InboxCursor>(rows => rows.SetProperty(row => row.TouchedAt, 1L), row => row.Aggregate != "workspace:fresh");
        Assert.Equal(1, await plane.Consumer.PurgeAsync(TimeSpan.FromDays(30), CancellationToken.None));
        await DeliverAsync("quiet", (9, "nine"));
        Assert.Equal("nine", plane.Control.Handled.Last());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Concurrent_copies_of_one_delivery_are_applied_once(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DeliverAsync("ws", (1, "one"))));
        Assert.Equal(["one"], await EffectsAsync());
    }

    [Fact]
    public async Task The_loop_that_repeats_is_woken_by_what_is_held_and_by_nothing_else()
    {
        await plane.StartAsync(DatabaseProvider.Sqlite);
        var inbox = plane.Services.GetRequiredService<IInboxAdministration>();
        await DeliverAsync("ws", (1, "one"));
        Assert.Equal((false, false), (await WokenAsync(), await plane.Consumer.HoldsAsync(CancellationToken.None)));

        await DeliverAsync("ws", (3, "three"));
        Assert.Equal((true, true), (await WokenAsync(), await plane.Consumer.HoldsAsync(CancellationToken.None)));

        plane.Control.Poison["bad"] = true;
        await DeliverAsync("sick", (1, "bad"));
        Assert.True(await WokenAsync());

        await plane.SetAsync<ParkedDelivery>(rows => rows.SetProperty(row => row.DeadAt, 1L), row => true);
        Assert.Equal((false, false), (await WokenAsync(), await plane.Consumer.HoldsAsync(CancellationToken.None)));
        await inbox.ReplayAsync(aggregate: null, CancellationToken.None);
        Assert.Equal((true, true), (await WokenAsync(), await plane.Consumer.HoldsAsync(CancellationToken.None)));

        Task<bool> WokenAsync() => plane.Consumer.Held.WaitAsync(TimeSpan.Zero, CancellationToken.None);
    }

    [Fact]
    public async Task An_event_of_a_newer_build_moves_the_cursor_and_does_nothing()
    {
        await plane.StartAsync(DatabaseProvider.Postgres);
        await DeliverAsync("ws", (1, "one"));
        await plane.Consumer.DeliverAsync([MessagingFixture.Delivery("ws", 2, "two") with { Type = "MlopsPlane.Contracts.Access.V1.WorkspacePainted" }], CancellationToken.None);
        await DeliverAsync("ws", (3, "three"));
        Assert.Equal(["one", "three"], await EffectsAsync());
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    private async Task DeliverAsync(string workspace, params (long Sequence, string What)[] deliveries)
    {
        foreach (var (sequence, what) in deliveries)
            Assert.Empty(await plane.Consumer.DeliverAsync([MessagingFixture.Delivery(workspace, sequence, what)], CancellationToken.None));
    }

    private async Task<List<string>> EffectsAsync() => [.. (await plane.Service.EffectsAsync()).Select(effect => effect.What)];

    private async Task<(int Delayed, int Waiting)> HeldAsync()
    {
        var depth = await plane.Service.DepthAsync();
        return (depth.Delayed, depth.Gaps);
    }
}
