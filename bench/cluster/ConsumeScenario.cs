using System.Diagnostics;
using System.Globalization;

namespace MlopsPlane.Bench.Cluster;

/// <summary>How fast one replica applies what lies in its queue, inbox and handler's row in the same transaction.</summary>
internal static class ConsumeScenario
{
    public static async Task RunAsync(EventBus bus, int events)
    {
        await RawBroker.PublishAsync(bus, events, 600);
        var raw = await RawBroker.ConsumeAsync(bus, events);
        await bus.Consumer.StartAsync();
        while (bus.Consumer.Control.Handled.IsEmpty)
            await Task.Delay(5);
        // The first quarter finds code that is not compiled yet.
        while (bus.Consumer.Control.Handled.Count < events / 4)
            await Task.Delay(5);
        var (begin, before, cpu) = (Stopwatch.GetTimestamp(), bus.Consumer.Control.Handled.Count, bus.Cpu());
        while (bus.Consumer.Control.Handled.Count < events)
            await Task.Delay(5);
        var rate = (events - before) / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        var used = bus.Cpu().Since(cpu, events - before);
        var effects = (await bus.Consumer.EffectsAsync()).Count;
        if (effects < events - 200)
            throw new InvalidOperationException($"Only {effects} of {events} were committed.");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"consume      {rate,8:0} events/s applied in batches, one replica (target 2,000) | raw client, ack only {raw:0}/s, ratio {rate / raw:0.00} | {used}"));
    }
}
