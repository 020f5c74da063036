using System.Diagnostics.Metrics;

namespace MlopsPlane.Web.Identity;

/// <summary>Counters of who was turned away, meter <c>MlopsPlane.Identity</c>.</summary>
public sealed class IdentityMetrics
{
    private readonly Counter<long> refusals;
    private readonly Counter<long> failures;

    public IdentityMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Identity");
        refusals = meter.CreateCounter<long>("mlops_identity_refusals",
            description: "Requests without a good identity by reason: missing, malformed, unknown, token, unchecked.");
        failures = meter.CreateCounter<long>("mlops_identity_watch_failures", description: "Failed looks at Access for changes of keys and grants.");
    }

    public void Refused(string reason) => refusals.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public void WatchFailed() => failures.Add(1);
}
