using System.Diagnostics.Metrics;

namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>How the loops behind the deployments fare, meter <c>MlopsPlane.Inference</c>.</summary>
internal sealed class DeploymentMetrics
{
    private readonly Counter<long> failures;

    public DeploymentMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("MlopsPlane.Inference");
        failures = meter.CreateCounter<long>(
            "mlops_deployment_round_failures", description: "Rounds of the loops behind the deployments that failed and will be repeated, by loop: changes, placement, upkeep.");
        meter.CreateObservableGauge("mlops_placement_leads", () => Leads ? 1 : 0, description: "1 on the replica that assigns deployments to replicas.");
        meter.CreateObservableGauge("mlops_placement_unplaced", () => Leads ? Unplaced : 0, description: "Deployments that are not on as many replicas as they should be; of the leader only.");
    }

    /// <summary>This replica assigns deployments.</summary>
    public bool Leads { get; set; }

    /// <summary>Deployments that are not on as many replicas as they should be.</summary>
    public int Unplaced { get; set; }

    public void RoundFailed(string loop) => failures.Add(1, new KeyValuePair<string, object?>("loop", loop));
}
