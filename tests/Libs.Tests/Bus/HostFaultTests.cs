using MlopsPlane.Libs.Tests.Messaging;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Libs.Tests.Bus;

/// <summary>The database restarts, or a replica is killed, in the middle of relaying or consuming.</summary>
public sealed class HostFaultTests
{
    private static readonly int Kills = Soak.IsOn ? 10 : 2;

    [Theory]
    [InlineData("fast")]
    [InlineData("immediate")]
    public async Task PostgreSQL_restarted_under_load_loses_nothing(string mode)
    {
        await using var postgres = await Require.OwnPostgresAsync();
        await using var bus = await (await BusFixture.OnAsync(postgres: postgres)).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(producer, writers: 6).Start();
        await Until.TrueAsync(() => load.Acknowledged > 300);
        await postgres.RestartAsync(mode);
        var after = load.Acknowledged;
        await Until.TrueAsync(() => load.Acknowledged > after + 300);
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer);
    }

    [Fact]
    public async Task A_relaying_process_killed_in_the_middle_leaves_its_events_to_the_next()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        // The writer itself relays nothing: it is never started.
        await using var writer = bus.Build(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(writer, writers: 6).Start(TimeSpan.FromMilliseconds(1));
        for (var kill = 0; kill < Kills; kill++)
        {
            var applied = await consumer.CountAsync();
            var relay = await bus.StartProcessAsync(BusFixture.Producer);
            await Until.TrueAsync(async () => await consumer.CountAsync() > applied + 100);
            relay.Kill();
        }

        await bus.StartProcessAsync(BusFixture.Producer);
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer);
    }

    [Fact]
    public async Task A_consuming_process_killed_in_the_middle_leaves_its_deliveries_to_the_next()
    {
        await using var bus = await (await BusFixture.OnAsync()).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        // It only looks at the consumer's database.
        await using var observer = bus.Build(BusFixture.Consumer);
        var load = new Load(producer, writers: 6).Start(TimeSpan.FromMilliseconds(1));
        for (var kill = 0; kill < Kills; kill++)
        {
            var applied = await observer.CountAsync();
            var consumer = await bus.StartProcessAsync(BusFixture.Consumer);
            await Until.TrueAsync(async () => await observer.CountAsync() > applied + 100);
            consumer.Kill();
        }

        await bus.StartProcessAsync(BusFixture.Consumer);
        await load.StopAsync();
        await load.VerifyAsync(bus, observer);
    }
}
