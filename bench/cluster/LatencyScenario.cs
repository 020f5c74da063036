using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace MlopsPlane.Bench.Cluster;

/// <summary>From a write to its committed effect in another service, at 500 events a second.</summary>
internal static class LatencyScenario
{
    private const int PerSecond = 500;
    private const int Writers = 20;

    public static async Task RunAsync(EventBus bus, int seconds)
    {
        await bus.Producer.StartAsync();
        await bus.Consumer.StartAsync();
        var taken = new ConcurrentQueue<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "mlops_outbox_handled_seconds")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => taken.Enqueue(value * 1000));
        listener.Start();
        await DriveAsync(bus, 5);
        taken.Clear();
        var cpu = bus.Cpu();
        var sent = await DriveAsync(bus, seconds);
        var begin = Stopwatch.GetTimestamp();
        while (taken.Count < sent && Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(10))
            await Task.Delay(20);
        var sorted = taken.Order().ToArray();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"latency      write to effect at {sent / (double)seconds:0} events/s: p50 {sorted[sorted.Length / 2]:0.0} ms (target 50), p99 {sorted[(int)(sorted.Length * 0.99)]:0.0} ms, {sorted.Length} of {sent} handled | {bus.Cpu().Since(cpu, sent)}"));
    }

    private static async Task<int> DriveAsync(EventBus bus, int seconds)
    {
        var (begin, sent) = (Stopwatch.GetTimestamp(), 0);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(async () =>
        {
            for (var n = 0; n < seconds * PerSecond / Writers; n++)
            {
                var due = TimeSpan.FromSeconds(((double)n * Writers / PerSecond) + ((double)w / PerSecond));
                if (due - Stopwatch.GetElapsedTime(begin) is var wait && wait > TimeSpan.Zero)
                    await Task.Delay(wait);
                await bus.Producer.PublishAsync($"w{w}-{n % 50}", n.ToString(CultureInfo.InvariantCulture));
                Interlocked.Increment(ref sent);
            }
        })));
        return sent;
    }
}
