using System.Diagnostics.Metrics;
using MlopsPlane.EdgeGateway.Limits;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace MlopsPlane.EdgeGateway;

/// <summary>What the edge counts, meter <c>MlopsPlane.Edge</c>.</summary>
internal sealed class EdgeMetrics
{
    private readonly Meter meter;
    private readonly Counter<long> limited;
    private readonly Counter<long> retries;
    private readonly Counter<long> failures;
    private readonly Counter<long> linesLeftOut;

    public EdgeMetrics(IMeterFactory meters)
    {
        meter = meters.Create("MlopsPlane.Edge");
        limited = meter.CreateCounter<long>("mlops_edge_limited", description: "Requests refused by a limit, by scope: identity, workspace.");
        retries = meter.CreateCounter<long>("mlops_edge_retries", description: "Requests that were sent to another replica after the first failed, by service.");
        failures = meter.CreateCounter<long>("mlops_edge_failures", description: "Requests that no replica answered, by service.");
        linesLeftOut = meter.CreateCounter<long>("mlops_edge_log_lines_left_out", description: "Requests without a line in the log, because whoever reads it fell behind.");
    }

    public void Limited(string scope) => limited.Add(1, new KeyValuePair<string, object?>("scope", scope));

    public void Retried(string service) => retries.Add(1, new KeyValuePair<string, object?>("service", service));

    public void Failed(string service) => failures.Add(1, new KeyValuePair<string, object?>("service", service));

    public void LineLeftOut() => linesLeftOut.Add(1);

    /// <summary>The limits that hold now; those that are not set do not show.</summary>
    public void ShowLimits(Func<IReadOnlyList<RequestLimiter.Limit>> limits) =>
        meter.CreateObservableGauge("mlops_edge_limit", () => limits().Where(limit => limit.PerSecond > 0).Select(limit => new Measurement<int>(
            limit.PerSecond, new KeyValuePair<string, object?>("scope", limit.Scope), new KeyValuePair<string, object?>("kind", limit.Kind))),
            description: "Requests a second that a limit lets pass, by scope and kind.");

    /// <summary>Replicas by what the last looks at them say.</summary>
    public void ShowReplicas(IProxyStateLookup proxy) =>
        meter.CreateObservableGauge("mlops_edge_replicas", () => proxy.GetClusters().Where(IsService)
            .SelectMany(cluster => cluster.Destinations.Values.GroupBy(IsGood).Select(group => new Measurement<int>(
                group.Count(), new KeyValuePair<string, object?>("service", cluster.ClusterId), new KeyValuePair<string, object?>("state", group.Key ? "good" : "bad")))),
            description: "Replicas behind the edge by service and state: good, bad.");

    /// <summary>A cluster with affinity stands beside that of its service and has the same replicas.</summary>
    public static bool IsService(ClusterState cluster) => !cluster.ClusterId.Contains('+', StringComparison.Ordinal);

    /// <summary>Whether the last looks at the replica found nothing wrong.</summary>
    public static bool IsGood(DestinationState replica) =>
        replica.Health is not { Active: DestinationHealth.Unhealthy } and not { Passive: DestinationHealth.Unhealthy };
}
