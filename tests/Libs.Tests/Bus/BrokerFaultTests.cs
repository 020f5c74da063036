using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MlopsPlane.Libs.Tests.Messaging;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Libs.Tests.Bus;

/// <summary>A broker of their own that goes away under load.</summary>
public sealed class BrokerFaultTests
{
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(Soak.IsOn ? 60 : 10);

    [Fact]
    public async Task RabbitMQ_stopped_under_load_delays_events_and_no_write()
    {
        await using var rabbit = await Require.OwnRabbitAsync();
        await using var bus = await (await BusFixture.OnAsync(rabbit)).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(producer, writers: 6).Start(TimeSpan.FromMilliseconds(5));
        await Until.TrueAsync(() => load.Acknowledged > 200);
        await Until.TrueAsync(() => BusFixture.Receives(consumer));
        await rabbit.StopAsync();
        var (begin, before) = (Stopwatch.GetTimestamp(), load.Acknowledged);
        await Until.TrueAsync(async () => (await producer.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["broker"].Status == HealthStatus.Degraded);
        await Task.Delay(Outage - Stopwatch.GetElapsedTime(begin));
        Assert.True(load.Acknowledged > before + 200, "Writes go on without a broker.");
        Assert.True((await producer.DepthAsync()).Waiting > 200);
        Assert.False(BusFixture.Receives(consumer));
        await rabbit.StartAgainAsync();
        await Until.TrueAsync(async () => await consumer.CountAsync() > before + 100, seconds: 60);
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer, seconds: 90);
        Assert.True(BusFixture.Receives(consumer));
    }

    [Fact]
    public async Task RabbitMQ_killed_and_restarted_under_load_loses_nothing()
    {
        await using var rabbit = await Require.OwnRabbitAsync();
        await using var bus = await (await BusFixture.OnAsync(rabbit)).MigrateAsync();
        var producer = await bus.StartAsync(BusFixture.Producer);
        await bus.StartAsync(BusFixture.Producer);
        var consumer = await bus.StartAsync(BusFixture.Consumer);
        var load = new Load(producer, writers: 6).Start(TimeSpan.FromMilliseconds(2));
        await Until.TrueAsync(() => load.Acknowledged > 300);
        rabbit.Kill();
        await rabbit.StartAgainAsync();
        await Until.TrueAsync(() => load.Acknowledged > 600);
        await load.StopAsync();
        await load.VerifyAsync(bus, consumer, seconds: 90);
    }
}
