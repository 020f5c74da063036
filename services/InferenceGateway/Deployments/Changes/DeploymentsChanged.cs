using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Placement;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Changes;

/// <summary>Wakes the loop that brings this replica to what is to be served.</summary>
internal sealed class DeploymentsChanged : WakeSignal;

/// <summary>Wakes the loop that asks the registry again about targets that were resolved a moment ago.</summary>
internal sealed class TargetsResolved : WakeSignal;

/// <summary>Tells this process that a change of a deployment was committed.</summary>
internal sealed class ChangeSignals(
    DeploymentsChanged changed, TargetsResolved resolved, PlacementNeeded placement, [FromKeyedServices(InferenceModule.ServiceName)] OutboxSignal outbox)
{
    public void Committed()
    {
        placement.Wake();
        changed.Wake();
        resolved.Wake();
        outbox.Wake();
    }
}
