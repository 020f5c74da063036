using System.Diagnostics.Metrics;

namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>How the loops behind the deployments fare, meter <c>MlopsPlane.Inference</c>.</summary>
internal sealed class DeploymentMetrics(IMeterFactory meters)
{
    private readonly Counter<long> failures = meters.Create("MlopsPlane.Inference").CreateCounter<long>(
        "mlops_deployment_round_failures", description: "Rounds of the loops behind the deployments that failed and will be repeated, by loop: changes, upkeep.");

    public void RoundFailed(string loop) => failures.Add(1, new KeyValuePair<string, object?>("loop", loop));
}
