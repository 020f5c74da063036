using System.Collections.Concurrent;
using System.Threading.Channels;

namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>
/// Histories that are worth compacting: those of a run that ended, and those that a reader found long. What is lost with
/// the process, or dropped because too much waits, is found again by the next reader.
/// </summary>
internal sealed class CompactionQueue
{
    private const int MaxWaiting = 10_000;

    private readonly ConcurrentDictionary<Item, bool> waiting = new();
    private readonly Channel<Item> items = Channel.CreateBounded<Item>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    public void Add(Item item)
    {
        if (waiting.TryAdd(item, true) && !items.Writer.TryWrite(item))
            waiting.TryRemove(item, out _);
    }

    /// <summary>The next item; it can be added again from now on.</summary>
    public async ValueTask<Item> TakeAsync(CancellationToken ct)
    {
        var item = await items.Reader.ReadAsync(ct);
        waiting.TryRemove(item, out _);
        return item;
    }

    /// <param name="Key">One metric of the run; null for all of them.</param>
    internal readonly record struct Item(long RunKey, string? Key);
}
