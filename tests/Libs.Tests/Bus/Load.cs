using System.Collections.Concurrent;
using System.Globalization;
using MlopsPlane.EventHost;
using MlopsPlane.Testing;

namespace MlopsPlane.Libs.Tests.Bus;

/// <summary>
/// Writers of one workspace each, as fast as they are acknowledged, and the three promises: nothing acknowledged is
/// lost, nothing applied twice, order per aggregate.
/// </summary>
internal sealed class Load(EventService producer, int writers)
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<int>> acknowledged = new(StringComparer.Ordinal);
    private volatile bool stopping;
    private Task[] running = [];

    public int Acknowledged => acknowledged.Values.Sum(numbers => numbers.Count);

    /// <param name="pause">Between two writes of a writer.</param>
    public Load Start(TimeSpan pause = default)
    {
        running = [.. Enumerable.Range(0, writers).Select(w => Task.Run(() => WriteAsync($"w{w}", pause)))];
        return this;
    }

    public Task StopAsync()
    {
        stopping = true;
        return Task.WhenAll(running);
    }

    /// <summary>Waits until every acknowledged event is applied, then checks the promises.</summary>
    public async Task VerifyAsync(BusFixture bus, EventService consumer, int seconds = 60)
    {
        try
        {
            await Until.TrueAsync(async () => await consumer.CountAsync() >= Acknowledged, seconds);
        }
        catch (Xunit.Sdk.XunitException)
        {
            // The comparison below says what is missing.
        }

        var applied = await AppliedAsync(consumer);
        foreach (var (workspace, numbers) in acknowledged)
        {
            var effects = applied.GetValueOrDefault(workspace) ?? [];
            Assert.Equal(effects.Distinct().Order(), effects);
            var missing = numbers.Except(effects).ToList();
            if (missing.Count > 0)
                Assert.Fail($"{workspace} lost {missing.Count} of {numbers.Count}, first #{missing[0]}; {await WhereaboutsAsync(bus, consumer)}");
        }
    }

    /// <summary>Where events can be on their way, for a failure to tell.</summary>
    private async Task<string> WhereaboutsAsync(BusFixture bus, EventService consumer) =>
        $"producer {await producer.DepthAsync()}, queue {await bus.MessagesAsync(BusFixture.Consumer)}, dead {await bus.MessagesAsync(BusFixture.Consumer + "_error")}, "
        + $"consumer {await consumer.DepthAsync()}, applied {await consumer.CountAsync()} of {Acknowledged}";

    private static async Task<Dictionary<string, List<int>>> AppliedAsync(EventService consumer) => (await consumer.EffectsAsync())
        .GroupBy(effect => effect.Workspace, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Select(effect => int.Parse(effect.What, CultureInfo.InvariantCulture)).ToList(), StringComparer.Ordinal);

    private async Task WriteAsync(string workspace, TimeSpan pause)
    {
        var mine = acknowledged.GetOrAdd(workspace, _ => new());
        // A number is used once: after a failure nobody knows whether the write was committed.
        for (var n = 1; !stopping; n++)
        {
            try
            {
                await producer.PublishAsync(workspace, n.ToString(CultureInfo.InvariantCulture));
                mine.Enqueue(n);
            }
            catch (Exception refused) when (refused is not OutOfMemoryException)
            {
                await Task.Delay(50);
            }

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause);
        }
    }
}
