using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Libs.Tests.Messaging;

public sealed class OutboxTests : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly MessagingFixture plane = new();

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgres];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_event_is_handled_after_its_commit_and_its_row_goes(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await plane.PublishAsync("ws", "one");
        await plane.PublishAsync("ws", "two");
        await UntilHandledAsync(2);
        Assert.Equal(["one", "two"], plane.Handled);
        await UntilAsync(async () => (await DepthAsync()).Waiting == 0);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_write_that_rolls_back_publishes_nothing_and_leaves_no_gap(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await plane.PublishAsync("ws", "one");
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using var scope = plane.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagingFixture.MessagesDb>();
            await db.WriteAsync(async ct =>
            {
                await db.PublishAsync(new WorkspaceCreated("ws", "lost", DateTimeOffset.UnixEpoch), TimeProvider.System, ct);
                throw new InvalidDataException();
            }, CancellationToken.None);
        });
        await plane.PublishAsync("ws", "two");
        await UntilHandledAsync(2);
        Assert.Equal(["one", "two"], plane.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Concurrent_writers_of_one_aggregate_get_every_number_once(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => plane.PublishAsync("ws", $"e{i}")));
        await UntilHandledAsync(16);
        Assert.Equal(16, plane.Handled.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_failing_delivery_holds_back_its_own_aggregate_and_no_other(DatabaseProvider provider)
    {
        await StartAsync(provider);
        plane.Poison["bad"] = true;
        await plane.PublishAsync("sick", "bad");
        await plane.PublishAsync("sick", "after");
        await plane.PublishAsync("well", "good");
        await UntilHandledAsync(1);
        Assert.Equal(["good"], plane.Handled);
        plane.Poison.Clear();
        await UntilHandledAsync(3);
        Assert.Equal(["good", "bad", "after"], plane.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_message_that_was_given_up_is_handled_after_a_replay(DatabaseProvider provider)
    {
        await StartAsync(provider, dispatch: false);
        await plane.PublishAsync("ws", "one");
        await using (var scope = plane.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<MessagingFixture.MessagesDb>();
            await db.Set<OutboxMessage>().ExecuteUpdateAsync(set => set.SetProperty(row => row.ParkedAt, 1L));
        }

        Assert.Equal(1, (await DepthAsync()).Parked);
        await DispatchAsync();
        await plane.PublishAsync("other", "two");
        await UntilHandledAsync(1);
        Assert.Equal(["two"], plane.Handled);
        Assert.Equal(1, await Administration.ReplayAsync(CancellationToken.None));
        await UntilHandledAsync(2);
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    private IOutboxAdministration Administration => plane.Services.GetRequiredService<IOutboxAdministration>();

    private Task<OutboxDepth> DepthAsync() => Administration.DepthAsync(CancellationToken.None);

    private async Task StartAsync(DatabaseProvider provider, bool dispatch = true)
    {
        await plane.StartAsync(provider);
        if (dispatch)
            await DispatchAsync();
    }

    private async Task DispatchAsync()
    {
        foreach (var service in plane.Services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
    }

    private Task UntilHandledAsync(int count) => UntilAsync(() => Task.FromResult(plane.Handled.Count >= count));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var bound = new CancellationTokenSource(Bound);
        while (!await condition())
            await Task.Delay(10, bound.Token);
    }
}
