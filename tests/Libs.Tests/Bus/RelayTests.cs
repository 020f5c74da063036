using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.EventHost;
using MlopsPlane.Libs.Tests.Messaging;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Testing;

namespace MlopsPlane.Libs.Tests.Bus;

public sealed class RelayTests
{
    [Fact]
    public async Task Events_reach_a_consumer_in_another_service_in_order_and_leave_the_outbox()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(producer, writers: 8).Start();
        await Until.TrueAsync(() => load.Acknowledged > 500);
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer);
        await Until.TrueAsync(async () => (await producer.DepthAsync()).Waiting == 0);
    }

    [Fact]
    public async Task Two_replicas_relay_one_outbox_and_two_consume_one_queue()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(producer, writers: 12).Start();
        await Until.TrueAsync(() => load.Acknowledged > 2000);
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer);
    }

    [Fact]
    public async Task A_host_is_not_ready_and_sends_nothing_until_migrate_declared_the_queues()
    {
        await using var bus = await BusFixture.OnAsync();
        var producer = bus.Build(BusFixture.Producer);
        await using (producer)
        {
            await using (var scope = producer.Services.CreateAsyncScope())
                await scope.ServiceProvider.GetRequiredService<MessagesDb>().Database.EnsureCreatedAsync();
            await producer.StartAsync();
            await producer.PublishAsync("ws", "1");
            await Until.TrueAsync(async () => (await BrokerAsync(producer)).Description?.Contains("run the migrate verb", StringComparison.Ordinal) == true);
            Assert.Equal(HealthStatus.Unhealthy, (await BrokerAsync(producer)).Status);
            Assert.Equal((1, 0), await WaitingAsync(producer));

            await bus.MigrateAsync();
            var consumer = await bus.StartAsync(BusFixture.Consumer);
            await Until.TrueAsync(async () => await consumer.CountAsync() == 1);
            Assert.Equal(HealthStatus.Healthy, (await BrokerAsync(producer)).Status);
            await bus.MigrateAsync();
            await producer.StopAsync();
        }
    }

    [Fact]
    public async Task An_event_that_no_queue_takes_keeps_its_place_and_goes_when_there_is_one()
    {
        await using var bus = await BusFixture.OnAsync();
        await using (var migrating = bus.Build(BusFixture.Producer))
            await migrating.MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        await producer.PublishAsync("ws", "1");
        await producer.PublishAsync("ws", "2");
        var outbox = producer.Services.GetRequiredService<IOutboxAdministration>();
        await Until.TrueAsync(async () => (await outbox.FailedAsync(0, 10, CancellationToken.None)).Count >= 1);
        var failed = (await outbox.FailedAsync(0, 10, CancellationToken.None))[0];
        Assert.Equal(1, failed.Sequence);
        Assert.StartsWith("The broker has no queue for MlopsPlane.Contracts.Access.V1.WorkspaceCreated", failed.LastError, StringComparison.Ordinal);

        await bus.MigrateAsync();
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await outbox.ReplayAsync(CancellationToken.None);
        await Until.TrueAsync(async () => await consumer.CountAsync() == 2, seconds: 40);
        Assert.Equal(["1", "2"], (await consumer.EffectsAsync()).Select(effect => effect.What));
    }

    [Fact]
    public async Task An_event_of_a_newer_build_is_relayed_and_passed_over()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = bus.Build(BusFixture.Producer);
        await using (producer)
        {
            await producer.PublishAsync("ws", "1");
            await producer.PublishAsync("ws", "2");
            await producer.PublishAsync("ws", "3");
            await using (var scope = producer.Services.CreateAsyncScope())
            {
                await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<OutboxMessage>().Where(row => row.Sequence == 2)
                    .ExecuteUpdateAsync(rows => rows.SetProperty(row => row.Type, "MlopsPlane.Contracts.Access.V1.WorkspacePainted"));
            }

            await bus.DeclareAsync("MlopsPlane.Contracts.Access.V1:WorkspacePainted", "MlopsPlane.Contracts.Access.V1:IWorkspaceEvent");
            await producer.StartAsync();
            var consumer = await bus.StartAsync(BusFixture.Consumer);
            await Until.TrueAsync(async () => await consumer.CountAsync() == 2);
            Assert.Equal(["1", "3"], (await consumer.EffectsAsync()).Select(effect => effect.What));
            await producer.StopAsync();
        }
    }

    [Fact]
    public async Task A_skipped_event_leaves_its_number_behind_and_no_consumer_waits_for_it()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = bus.Build(BusFixture.Producer);
        await using (producer)
        {
            foreach (var what in (string[])["1", "2", "3"])
                await producer.PublishAsync("ws", what);
            await using (var scope = producer.Services.CreateAsyncScope())
            {
                // Its payload is no JSON, which no attempt will change.
                await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<OutboxMessage>().Where(row => row.Sequence == 2)
                    .ExecuteUpdateAsync(rows => rows.SetProperty(row => row.Payload, "{").SetProperty(row => row.Attempts, 20).SetProperty(row => row.ParkedAt, 1L));
            }

            await producer.StartAsync();
            var consumer = await bus.StartAsync(BusFixture.Consumer);
            await producer.PublishAsync("other", "well");
            await Until.TrueAsync(async () => await consumer.CountAsync() == 1);
            var outbox = producer.Services.GetRequiredService<IOutboxAdministration>();
            var parked = (await outbox.FailedAsync(0, 10, CancellationToken.None)).Single();
            Assert.Equal(2, (await outbox.SkipAsync(parked.Position, CancellationToken.None))?.Sequence);
            await Until.TrueAsync(async () => await consumer.CountAsync() == 3);
            Assert.Equal(["well", "1", "3"], (await consumer.EffectsAsync()).Select(effect => effect.What));
            Assert.Equal(0, (await consumer.DepthAsync()).Gaps);
            await producer.StopAsync();
        }
    }

    [Fact]
    public async Task A_skipped_event_that_no_queue_takes_is_not_parked_again()
    {
        await using var bus = await BusFixture.OnAsync();
        await using (var migrating = bus.Build(BusFixture.Producer))
            await migrating.MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        await producer.PublishAsync("ws", "1");
        var outbox = producer.Services.GetRequiredService<IOutboxAdministration>();
        await Until.TrueAsync(async () => (await outbox.FailedAsync(0, 10, CancellationToken.None)).Count == 1);
        await using (var scope = producer.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<OutboxMessage>().ExecuteUpdateAsync(rows => rows.SetProperty(row => row.ParkedAt, 1L));
        Assert.NotNull(await outbox.SkipAsync((await outbox.FailedAsync(0, 10, CancellationToken.None)).Single().Position, CancellationToken.None));
        await Until.TrueAsync(async () => (await producer.DepthAsync()).Waiting == 0);
    }

    [Fact]
    public async Task A_long_backlog_of_few_aggregates_leaves_the_outbox_in_seconds()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        await using var writer = bus.Build(BusFixture.Producer);
        await using (var scope = writer.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<MessagesDb>().Database.ExecuteSqlRawAsync("""
                INSERT INTO outbox (message_id, aggregate, sequence, type, payload, occurred_at, previous_at, attempts, available_at)
                SELECT gen_random_uuid(), 'workspace:w' || (n % 3), n / 3 + 1, 'MlopsPlane.Contracts.Access.V1.WorkspaceCreated', '{{"workspace":"w"}}', 1, 1, 0, 0
                FROM generate_series(0, 14999) AS n
                """);
        }

        var producer = await bus.StartAsync(BusFixture.Producer);
        await bus.StartAsync(BusFixture.Producer);
        await Until.TrueAsync(async () => (await producer.DepthAsync()).Waiting == 0, seconds: 45);
        var letters = await bus.MessagesAsync(BusFixture.Consumer);
        Assert.InRange(letters, 15_000u, 15_500u);
    }

    [Fact]
    public async Task The_handler_s_span_hangs_below_the_write_that_caused_the_event()
    {
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "MlopsPlane.Messaging" or "test",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using var source = new ActivitySource("test");
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        using (var write = source.StartActivity("write"))
        {
            await producer.PublishAsync("ws", "1");
            await Until.TrueAsync(async () => await consumer.CountAsync() == 1);
            Assert.Equal(write!.TraceId, consumer.Control.LastTrace.TraceId);
        }
    }

    [Fact]
    public async Task From_write_to_effect_takes_a_fraction_of_a_second()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        await producer.PublishAsync("warm", "0");
        await Until.TrueAsync(async () => await consumer.CountAsync() == 1);
        var taken = new List<double>();
        for (var n = 1; n <= 20; n++)
        {
            var begin = Stopwatch.GetTimestamp();
            await producer.PublishAsync("ws", n.ToString(CultureInfo.InvariantCulture));
            await Until.TrueAsync(() => consumer.Control.Handled.Count > n);
            taken.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
        }

        // The poll of a second alone would be ten times as long.
        Assert.InRange(taken.Order().ElementAt(10), 0, 250);
    }

    private static async Task<HealthReportEntry> BrokerAsync(EventService service) =>
        (await service.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "broker")).Entries["broker"];

    private static async Task<(int Waiting, int Parked)> WaitingAsync(EventService service)
    {
        var depth = await service.DepthAsync();
        return (depth.Waiting, depth.Parked);
    }
}
