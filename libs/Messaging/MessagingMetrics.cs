using System.Diagnostics.Metrics;

namespace MlopsPlane.Messaging;

/// <summary>Counters of the outbox and the inbox, meter <c>MlopsPlane.Messaging</c>.</summary>
public sealed class MessagingMetrics
{
    private readonly Counter<long> deliveries;
    private readonly Counter<long> failures;
    private readonly Histogram<double> latency;

    public MessagingMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Messaging");
        deliveries = meter.CreateCounter<long>("mlops_inbox_deliveries", description: "Deliveries by consumer and outcome: applied, skipped, parked.");
        failures = meter.CreateCounter<long>("mlops_outbox_failures", description: "Deliveries that failed and will be repeated.");
        latency = meter.CreateHistogram<double>("mlops_outbox_handled_seconds", unit: "s", description: "From commit to handled by every consumer.");
    }

    public void Applied(string consumer) => Count(consumer, "applied");

    public void Skipped(string consumer) => Count(consumer, "skipped");

    public void Parked(string consumer) => Count(consumer, "parked");

    public void Failed(string service) => failures.Add(1, new KeyValuePair<string, object?>("service", service));

    public void Handled(string service, double seconds) => latency.Record(seconds, new KeyValuePair<string, object?>("service", service));

    private void Count(string consumer, string outcome) =>
        deliveries.Add(1, new KeyValuePair<string, object?>("consumer", consumer), new KeyValuePair<string, object?>("outcome", outcome));
}
