using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.EventHost;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Testing;

namespace MlopsPlane.Libs.Tests.Messaging;

public sealed class OutboxTests : IAsyncDisposable
{
    private readonly MessagingFixture plane = new();

    public static TheoryData<DatabaseProvider> Providers => [DatabaseProvider.Sqlite, DatabaseProvider.Postgres];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task An_event_is_handled_after_its_commit_and_its_row_goes(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await plane.Service.PublishAsync("ws", "one");
        await plane.Service.PublishAsync("ws", "two");
        await UntilHandledAsync(2);
        Assert.Equal(["one", "two"], plane.Control.Handled);
        await Until.TrueAsync(async () => (await plane.Service.DepthAsync()).Waiting == 0);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_write_that_rolls_back_publishes_nothing_and_leaves_no_gap(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await plane.Service.PublishAsync("ws", "one");
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await using var scope = plane.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagesDb>();
            await db.WriteAsync(async ct =>
            {
                await db.PublishAsync(new WorkspaceCreated("ws", "lost", DateTimeOffset.UnixEpoch), TimeProvider.System, ct);
                throw new InvalidDataException();
            }, CancellationToken.None);
        });
        await plane.Service.PublishAsync("ws", "two");
        await UntilHandledAsync(2);
        Assert.Equal(["one", "two"], plane.Control.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task In_one_process_events_of_different_aggregates_are_handled_in_the_order_of_their_writes(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        string[] written = [.. Enumerable.Range(0, 30).Select(n => $"e{n}")];
        foreach (var what in written)
            await plane.Service.PublishAsync($"ws{what.Length + (what[^1] % 3)}", what);
        await plane.Service.StartAsync();
        await UntilHandledAsync(30);
        Assert.Equal(written, plane.Control.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Every_event_tells_when_the_one_before_it_occurred(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await plane.Service.PublishAsync("ws", "one");
        await plane.Service.PublishAsync("ws", "two");
        await using var scope = plane.Services.CreateAsyncScope();
        var rows = await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<OutboxMessage>().OrderBy(row => row.Sequence).ToListAsync();
        Assert.Equal([null, rows[0].OccurredAt], rows.Select(row => row.PreviousAt));
        Assert.Equal([1, 2], rows.Select(row => row.Sequence));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Concurrent_writers_of_one_aggregate_get_every_number_once(DatabaseProvider provider)
    {
        await StartAsync(provider);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => plane.Service.PublishAsync("ws", $"e{i}")));
        await UntilHandledAsync(16);
        Assert.Equal(16, plane.Control.Handled.Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_failing_delivery_holds_back_its_own_aggregate_and_no_other(DatabaseProvider provider)
    {
        await StartAsync(provider);
        plane.Control.Poison["bad"] = true;
        await plane.Service.PublishAsync("sick", "bad");
        await plane.Service.PublishAsync("sick", "after");
        await plane.Service.PublishAsync("well", "good");
        await UntilHandledAsync(1);
        Assert.Equal(["good"], plane.Control.Handled);
        plane.Control.Poison.Clear();
        await UntilHandledAsync(3);
        Assert.Equal(["good", "bad", "after"], plane.Control.Handled);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_message_that_was_given_up_is_handled_after_a_replay(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await plane.Service.PublishAsync("ws", "one");
        await plane.SetAsync<OutboxMessage>(rows => rows.SetProperty(row => row.ParkedAt, 1L).SetProperty(row => row.Attempts, 20), row => true);
        Assert.Equal(1, (await plane.Service.DepthAsync()).Parked);
        Assert.Equal([1L], (await Administration.FailedAsync(0, 10, CancellationToken.None)).Select(row => row.Sequence));
        await plane.Service.StartAsync();
        await plane.Service.PublishAsync("other", "two");
        await UntilHandledAsync(1);
        Assert.Equal(["two"], plane.Control.Handled);
        Assert.Equal(1, await Administration.ReplayAsync(CancellationToken.None));
        await UntilHandledAsync(2);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task A_parked_message_that_is_skipped_lets_the_rest_of_its_aggregate_go_on(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        foreach (var what in (string[])["one", "two", "three", "four"])
            await plane.Service.PublishAsync("ws", what);
        await plane.SetAsync<OutboxMessage>(
            rows => rows.SetProperty(row => row.ParkedAt, 1L).SetProperty(row => row.Attempts, 20).SetProperty(row => row.LastError, "no"), row => row.Sequence == 2);
        await plane.Service.StartAsync();
        // What waits for an operator holds back its whole aggregate, also what came before it and is not yet handed on.
        await plane.Service.PublishAsync("other", "well");
        await UntilHandledAsync(1);
        var parked = (await Administration.FailedAsync(0, 10, CancellationToken.None)).Single();
        // Only what is parked can be given up.
        Assert.Null(await Administration.SkipAsync(parked.Position + 1, CancellationToken.None));

        var skipped = await Administration.SkipAsync(parked.Position, CancellationToken.None);
        Assert.NotNull(skipped);
        Assert.Equal((parked.MessageId, parked.Aggregate, 2L, parked.Type, "no"), (skipped.MessageId, skipped.Aggregate, skipped.Sequence, skipped.Type, skipped.LastError));
        Assert.Contains("two", skipped.Payload, StringComparison.Ordinal);
        Assert.Null(await Administration.SkipAsync(parked.Position, CancellationToken.None));
        await UntilHandledAsync(4);
        Assert.Equal(["well", "one", "three", "four"], plane.Control.Handled);
        var depth = await plane.Service.DepthAsync();
        Assert.Equal((0, 0, 0), (depth.Parked, depth.Gaps, depth.Dead));
        await Until.TrueAsync(async () => (await plane.Service.DepthAsync()).Waiting == 0);
    }

    [Fact]
    public async Task A_parked_message_of_a_kind_that_nobody_follows_is_skipped_by_taking_it_away()
    {
        await plane.StartAsync(DatabaseProvider.Sqlite);
        await plane.Service.PublishAsync("ws", "one");
        await plane.SetAsync<OutboxMessage>(rows => rows.SetProperty(row => row.ParkedAt, 1L).SetProperty(row => row.Aggregate, "unheard-of:1"), row => true);
        Assert.Equal("unheard-of:1", (await Administration.SkipAsync(1, CancellationToken.None))?.Aggregate);
        Assert.Equal(0, (await plane.Service.DepthAsync()).Waiting);
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    private IOutboxAdministration Administration => plane.Services.GetRequiredService<IOutboxAdministration>();

    private async Task StartAsync(DatabaseProvider provider)
    {
        await plane.StartAsync(provider);
        await plane.Service.StartAsync();
    }

    private Task UntilHandledAsync(int count) => Until.TrueAsync(() => plane.Control.Handled.Count >= count);
}
