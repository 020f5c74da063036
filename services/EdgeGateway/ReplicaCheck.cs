using Microsoft.Extensions.Diagnostics.HealthChecks;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace MlopsPlane.EdgeGateway;

/// <summary>
/// Tells which services have no replica that is ready. The edge stays ready itself, because the others serve; it says
/// <c>Degraded</c>, and names them.
/// </summary>
internal sealed class ReplicaCheck(IProxyStateLookup proxy) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var gone = proxy.GetClusters().Where(cluster => EdgeMetrics.IsService(cluster) && !cluster.Destinations.IsEmpty && !cluster.Destinations.Values.Any(EdgeMetrics.IsGood))
            .Select(cluster => cluster.ClusterId).Order(StringComparer.Ordinal).ToList();
        return Task.FromResult(gone.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded($"No replica is ready of {string.Join(", ", gone)}."));
    }
}
