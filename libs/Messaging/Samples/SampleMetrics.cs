using System.Diagnostics.Metrics;

namespace MlopsPlane.Messaging.Samples;

/// <summary>Counters of the channel for samples, meter <c>MlopsPlane.Messaging</c>.</summary>
public sealed class SampleMetrics
{
    private readonly Counter<long> sent;
    private readonly Counter<long> dropped;

    public SampleMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Messaging");
        sent = meter.CreateCounter<long>("mlops_samples_sent", description: "Sampled requests and answers that were handed over.");
        dropped = meter.CreateCounter<long>("mlops_samples_dropped",
            description: "Samples that were lost, by reason: no_consumer, queue_full, send_failed. Before they are made each counts once, with its answer.");
    }

    internal void Sent(int count) => sent.Add(count);

    internal void Dropped(string reason, int count) => dropped.Add(count, new KeyValuePair<string, object?>("reason", reason));
}
