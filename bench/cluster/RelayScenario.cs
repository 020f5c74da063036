using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.EventHost;

namespace MlopsPlane.Bench.Cluster;

/// <summary>How fast one replica empties an outbox that holds many aggregates' events.</summary>
internal static class RelayScenario
{
    private const int Aggregates = 2000;

    public static async Task RunAsync(EventBus bus, int events, bool measured)
    {
        var (raw, masstransit) = (0.0, 0.0);
        if (measured)
        {
            await RawBroker.PublishAsync(bus, events / 4, 600);
            raw = await RawBroker.PublishAsync(bus, events, 600);
            masstransit = await RawBroker.MassTransitAsync(bus, events / 2);
            await DrainAsync(bus);
        }

        await bus.Producer.StartAsync();
        await FillAsync(bus, events / 4);
        await UntilEmptyAsync(bus);
        await bus.Producer.StopAsync();
        await DrainAsync(bus);

        await using var relay = EventService.Build("producer", bus.Settings, consumes: false, inProcess: false);
        await FillAsync(bus, events);
        await relay.StartAsync();
        // From the first claim on: connecting is not relaying.
        while (await IsAnyAsync(bus, $"SELECT NOT EXISTS (SELECT 1 FROM outbox WHERE lease IS NOT NULL) AS \"Value\""))
            await Task.Delay(2);
        var (begin, cpu) = (Stopwatch.GetTimestamp(), bus.Cpu());
        await UntilEmptyAsync(bus);
        var rate = events / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        await relay.StopAsync();
        if (measured)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"relay        {rate,8:0} events/s of {Aggregates} aggregates, up to 1,000 confirms in flight (target 5,000) | raw client {raw,8:0}/s, ratio {rate / raw:0.00} | MassTransit's publisher alone {masstransit:0}/s | {bus.Cpu().Since(cpu, events)}"));
        }
    }

    /// <summary>Rows as the outbox writer makes them, numbered on within their aggregates.</summary>
    private static async Task FillAsync(EventBus bus, int events)
    {
        await using var scope = bus.Producer.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagesDb>().Database;
        var run = Guid.CreateVersion7().ToString("N")[^8..];
        await db.ExecuteSqlAsync($$"""
            INSERT INTO outbox (message_id, aggregate, sequence, type, payload, occurred_at, previous_at, attempts, available_at)
            SELECT gen_random_uuid(), 'workspace:' || {{run}} || (n % {{Aggregates}}), n / {{Aggregates}} + 1, 'MlopsPlane.Contracts.Access.V1.WorkspaceCreated',
              '{"workspace":"' || {{run}} || (n % {{Aggregates}}) || '","description":"' || n || '","createdAt":"2026-01-02T03:04:05+00:00","aggregate":"workspace:w"}',
              1, 1, 0, 0
            FROM generate_series(0, {{events}} - 1) AS n
            """);
        await db.ExecuteSqlRawAsync("ANALYZE outbox");
    }

    private static async Task UntilEmptyAsync(EventBus bus)
    {
        while (await IsAnyAsync(bus, $"SELECT EXISTS (SELECT 1 FROM outbox) AS \"Value\""))
            await Task.Delay(10);
    }

    /// <summary>Counting would cost the database more than the relay does.</summary>
    private static async Task<bool> IsAnyAsync(EventBus bus, FormattableString question)
    {
        await using var scope = bus.Producer.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<MessagesDb>().Database.SqlQuery<bool>(question).ToListAsync())[0];
    }

    private static async Task DrainAsync(EventBus bus)
    {
        await using var connection = await bus.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueuePurgeAsync(EventBus.Queue);
    }
}
