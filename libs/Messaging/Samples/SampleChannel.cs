using System.Threading.Channels;
using MlopsPlane.Contracts.InferenceGateway.V1;

namespace MlopsPlane.Messaging.Samples;

/// <summary>
/// The channel for samples, which may be lost: a bounded queue in front of the carrier. Whoever offers one never waits;
/// what has no place is dropped and counted.
/// </summary>
public sealed class SampleChannel(ISampleCarrier carrier, SampleMetrics metrics)
{
    /// <summary>Most offers that wait.</summary>
    public const int MaxWaiting = 1024;

    /// <summary>Most bytes of memory that waiting offers hold.</summary>
    public const long MaxBytes = 64L * 1024 * 1024;

    private readonly Channel<SampleOffer> queue = Channel.CreateUnbounded<SampleOffer>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Lock gate = new();
    private int waiting;
    private long bytes;

    /// <summary>
    /// Reserves a place, so that nothing is copied for a sample that has none. Who gets it offers right afterwards.
    /// </summary>
    /// <param name="size">Bytes of memory that the offer will hold.</param>
    public bool TryReserve(long size)
    {
        if (!carrier.IsListenedTo)
        {
            metrics.Dropped("no_consumer", 1);
            return false;
        }

        lock (gate)
        {
            if (waiting < MaxWaiting && bytes + size <= MaxBytes)
            {
                waiting++;
                bytes += size;
                return true;
            }
        }

        metrics.Dropped("queue_full", 1);
        return false;
    }

    /// <param name="size">As it was reserved.</param>
    /// <param name="make">Makes the samples of one prediction, on the channel's own time.</param>
    public void Offer(long size, Func<IReadOnlyList<InferenceSample>> make) => queue.Writer.TryWrite(new SampleOffer(size, make));

    internal async ValueTask<SampleOffer> TakeAsync(CancellationToken ct) => Taken(await queue.Reader.ReadAsync(ct));

    internal bool TryTake(out SampleOffer offer)
    {
        if (!queue.Reader.TryRead(out offer))
            return false;
        Taken(offer);
        return true;
    }

    private SampleOffer Taken(SampleOffer offer)
    {
        lock (gate)
        {
            waiting--;
            bytes -= offer.Bytes;
        }

        return offer;
    }
}

internal readonly record struct SampleOffer(long Bytes, Func<IReadOnlyList<InferenceSample>> Make);
