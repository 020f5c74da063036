using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Storage.Databases;

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
        Assert.Equal(["one", "two"], plane.Handled);
        Assert.Equal(["one", "two"], await EffectsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_delivery_that_comes_too_early_waits_for_its_predecessors(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await DeliverAsync("ws", (1, "one"), (4, "four"), (3, "three"), (3, "three"));
        Assert.Equal(["one"], plane.Handled);
        await DeliverAsync("ws", (2, "two"));
        Assert.Equal(["one", "two", "three", "four"], plane.Handled);
        await DeliverAsync("ws", (5, "five"));
        Assert.Equal("five", plane.Handled.Last());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_new_consumer_starts_at_the_first_event_that_it_sees(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await DeliverAsync("old", (41, "a"), (42, "b"));
        Assert.Equal(["a", "b"], plane.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_handler_that_throws_leaves_neither_its_effect_nor_its_cursor(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        plane.Poison["bad"] = true;
        await Assert.ThrowsAsync<InvalidOperationException>(() => DeliverAsync("ws", (1, "bad")));
        Assert.Empty(await EffectsAsync());
        plane.Poison.Clear();
        await DeliverAsync("ws", (1, "bad"));
        Assert.Equal(["bad"], await EffectsAsync());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Concurrent_copies_of_one_delivery_are_applied_once(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => DeliverAsync("ws", (1, "one"))));
        Assert.Equal(["one"], await EffectsAsync());
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    private async Task DeliverAsync(string workspace, params (long Sequence, string What)[] deliveries)
    {
        foreach (var (sequence, what) in deliveries)
            await plane.Consumer.DeliverAsync(MessagingFixture.Delivery(workspace, sequence, what), CancellationToken.None);
    }

    private async Task<List<string>> EffectsAsync()
    {
        await using var scope = plane.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingFixture.MessagesDb>();
        return await db.Set<MessagingFixture.Effect>().OrderBy(effect => effect.Id).Select(effect => effect.What).ToListAsync();
    }
}
