using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.EventHost;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Bench.Cluster;

/// <summary>What an event costs the write that causes it: a batch of 1,000 metrics, in the form of the tracker's own statement, with and without an outbox row.</summary>
internal static class OutboxCostScenario
{
    private const int Metrics = 1000;
    private const int Writers = 4;

    private static readonly string[] Keys = [.. Enumerable.Range(0, Metrics).Select(n => $"k{n % 20}")];
    private static readonly long[] Steps = [.. Enumerable.Range(0, Metrics).Select(n => (long)n)];
    private static readonly double[] Values = [.. Enumerable.Range(0, Metrics).Select(n => n * 0.5)];

    public static async Task RunAsync(EventBus bus, int seconds)
    {
        await using (var scope = bus.Producer.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<MessagesDb>().Database.ExecuteSqlRawAsync("""
                CREATE TABLE metrics (run bigint, key text, timestamp bigint, step bigint, value float8, is_nan bool, PRIMARY KEY (run, key, timestamp, step, value, is_nan));
                CREATE TABLE latest_metrics (run bigint, key text, timestamp bigint, step bigint, value float8, is_nan bool, PRIMARY KEY (run, key));
                """);
        }

        var times = new Dictionary<bool, List<double>> { [false] = [], [true] = [] };
        await AlternateAsync(bus, TimeSpan.FromSeconds(3), new Dictionary<bool, List<double>> { [false] = [], [true] = [] });
        await AlternateAsync(bus, TimeSpan.FromSeconds(seconds), times);
        var (without, with) = (Median(times[false]), Median(times[true]));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"outbox-cost  a batch of {Metrics} metrics: p50 {without:0.00} ms without, {with:0.00} ms with an event, {100 * (with - without) / without:+0.0;-0.0} % (target 5), {Writers} writers, {times[true].Count + times[false].Count} batches"));
    }

    /// <summary>Every writer takes turns with itself, so that both kinds meet the same machine.</summary>
    private static Task AlternateAsync(EventBus bus, TimeSpan duration, Dictionary<bool, List<double>> times)
    {
        var (begin, run) = (Stopwatch.GetTimestamp(), 0L);
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var n = 0; Stopwatch.GetElapsedTime(begin) < duration; n++)
            {
                var started = Stopwatch.GetTimestamp();
                await WriteAsync(bus, Interlocked.Increment(ref run) + (Stopwatch.GetTimestamp() << 8), $"w{w}", publishes: n % 2 == 1);
                lock (times)
                    times[n % 2 == 1].Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        })));
    }

    private static async Task WriteAsync(EventBus bus, long run, string workspace, bool publishes)
    {
        await using var scope = bus.Producer.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagesDb>();
        await db.WriteAsync(async ct =>
        {
            await db.Database.ExecuteSqlAsync($"""
                WITH m AS (INSERT INTO metrics SELECT {run}, x.*, false FROM unnest({Keys}, {Steps}, {Steps}, {Values}) x ON CONFLICT DO NOTHING)
                INSERT INTO latest_metrics SELECT {run}, x.*, false FROM unnest({Keys[^20..]}, {Steps[^20..]}, {Steps[^20..]}, {Values[^20..]}) x
                ON CONFLICT (run, key) DO UPDATE SET value = excluded.value
                """, ct);
            if (publishes)
                await db.PublishAsync(new WorkspaceCreated(workspace, "batch", DateTimeOffset.UnixEpoch), TimeProvider.System, ct);
        }, CancellationToken.None);
    }

    private static double Median(List<double> times)
    {
        times.Sort();
        return times[times.Count / 2];
    }
}
