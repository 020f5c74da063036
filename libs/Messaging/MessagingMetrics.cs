using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MlopsPlane.Messaging;

/// <summary>Counters of the outbox, its carriers and the inbox, meter <c>MlopsPlane.Messaging</c>.</summary>
public sealed class MessagingMetrics
{
    private readonly Counter<long> deliveries;
    private readonly Counter<long> poison;
    private readonly Counter<long> failures;
    private readonly Histogram<double> latency;
    private readonly Counter<long> published;
    private readonly Counter<long> rejected;
    private readonly Histogram<double> confirmation;
    private long inFlight;
    private readonly ConcurrentDictionary<string, bool> receiving = new(StringComparer.Ordinal);
    private Func<bool>? connected;

    public MessagingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Messaging");
        deliveries = meter.CreateCounter<long>("mlops_inbox_deliveries", description: "Deliveries by consumer and outcome: applied, skipped, parked, deferred, dead.");
        poison = meter.CreateCounter<long>("mlops_inbox_poison", description: "Messages that a consumer could not read or keep, moved to its dead-letter queue.");
        failures = meter.CreateCounter<long>("mlops_outbox_failures", description: "Rounds of a carrier that failed and will be repeated.");
        latency = meter.CreateHistogram<double>("mlops_outbox_handled_seconds", unit: "s", description: "From the write that caused an event to its effect in a consumer.");
        published = meter.CreateCounter<long>("mlops_relay_published", description: "Events that the broker confirmed.");
        rejected = meter.CreateCounter<long>("mlops_relay_rejected", description: "Events that the broker returned because no queue is bound, or that cannot be sent.");
        confirmation = meter.CreateHistogram<double>("mlops_relay_confirm_seconds", unit: "s", description: "From publishing an event to the broker's confirmation.");
        meter.CreateObservableGauge("mlops_relay_in_flight", () => Interlocked.Read(ref inFlight), description: "Events published and not yet confirmed.");
        meter.CreateObservableGauge("mlops_relay_broker_connected",
            () => connected is { } ask ? [new Measurement<int>(ask() ? 1 : 0)] : Array.Empty<Measurement<int>>(),
            description: "1 while the broker answers and knows the queues; absent where events are carried in process.");
        meter.CreateObservableGauge("mlops_inbox_receiving",
            () => receiving.Select(one => new Measurement<int>(one.Value ? 1 : 0, new KeyValuePair<string, object?>("consumer", one.Key))),
            description: "1 while a consumer of this process receives its queue; absent where events are carried in process.");
    }

    public void Applied(string consumer, int count) => Count(consumer, "applied", count);

    public void Skipped(string consumer, int count) => Count(consumer, "skipped", count);

    public void Parked(string consumer, int count) => Count(consumer, "parked", count);

    public void Deferred(string consumer) => Count(consumer, "deferred", 1);

    public void Died(string consumer) => Count(consumer, "dead", 1);

    public void Poison(string consumer) => poison.Add(1, new KeyValuePair<string, object?>("consumer", consumer));

    /// <param name="what">The service whose outbox, or the consumer whose inbox, had the trouble.</param>
    public void Failed(string what) => failures.Add(1, new KeyValuePair<string, object?>("service", what));

    public void Handled(string consumer, double seconds) => latency.Record(seconds, new KeyValuePair<string, object?>("consumer", consumer));

    public void Publishing() => Interlocked.Increment(ref inFlight);

    public void PublishingEnded() => Interlocked.Decrement(ref inFlight);

    public void Published(string service, double seconds)
    {
        var tag = new KeyValuePair<string, object?>("service", service);
        published.Add(1, tag);
        confirmation.Record(seconds, tag);
    }

    public void Rejected(string service) => rejected.Add(1, new KeyValuePair<string, object?>("service", service));

    public void Receiving(string consumer, bool receives) => receiving[consumer] = receives;

    public void ShowConnection(Func<bool> isConnected) => connected = isConnected;

    private void Count(string consumer, string outcome, int count)
    {
        if (count > 0)
            deliveries.Add(count, new KeyValuePair<string, object?>("consumer", consumer), new KeyValuePair<string, object?>("outcome", outcome));
    }
}
