using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MlopsPlane.Messaging.RabbitMq;

/// <summary>
/// Not ready while the broker lacks what the migrate verb declares. A broker that is down leaves the host ready, since
/// writes go on and their events wait in the outbox; the answer says so.
/// </summary>
internal sealed class BrokerCheck(BrokerLink link, BrokerAddress address) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        !address.IsSet ? HealthCheckResult.Healthy("No broker is configured; events wait in the outbox.") : link.State switch
        {
            BrokerState.Ready => HealthCheckResult.Healthy(),
            BrokerState.NoTopology => HealthCheckResult.Unhealthy("The broker lacks queues of this build; run the migrate verb."),
            BrokerState.Unasked => HealthCheckResult.Unhealthy("The broker has not answered yet."),
            _ => HealthCheckResult.Degraded("The broker does not answer; events wait in the outbox."),
        });
}
