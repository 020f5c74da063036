using System.Diagnostics.Metrics;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>What happens to deliveries, meter <c>MlopsPlane.ModelRegistry</c>.</summary>
internal sealed class WebhookMetrics
{
    private readonly Counter<long> deliveries;
    private readonly Counter<long> failures;
    private volatile Depth? depth;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.ModelRegistry");
        deliveries = meter.CreateCounter<long>("mlops_webhook_deliveries", description: "Attempts of deliveries to webhooks by outcome: delivered, repeated, failed.");
        failures = meter.CreateCounter<long>("mlops_webhook_round_failures", description: "Rounds of the sender and its upkeep that failed and will be repeated.");
        Gauge(meter, "mlops_webhook_waiting", "", "Deliveries that wait for an attempt or its outcome.", now => now.Waiting);
        Gauge(meter, "mlops_webhook_oldest_seconds", "s", "Age of the oldest delivery that waits.", now => now.OldestSeconds);
        Gauge(meter, "mlops_webhook_failing", "", "Webhooks whose last attempt failed.", now => now.Failing);
    }

    public void Count(string outcome) => deliveries.Add(1, new KeyValuePair<string, object?>("outcome", outcome));

    public void RoundFailed(string loop) => failures.Add(1, new KeyValuePair<string, object?>("loop", loop));

    /// <summary>Shows these numbers; null shows none, since an old one would look like a healthy one.</summary>
    public void Show(Depth? now) => depth = now;

    private void Gauge(Meter meter, string name, string unit, string description, Func<Depth, double> value) => meter.CreateObservableGauge<double>(
        name, () => depth is { } now ? [new Measurement<double>(value(now))] : [], unit.Length == 0 ? null : unit, description);

    public sealed record Depth(long Waiting, double OldestSeconds, long Failing);
}
