using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Status;

/// <summary>Reads how deployments are.</summary>
internal sealed class StatusReader(InferenceDb db, TimeProvider clock)
{
    /// <summary>A replica that has not reported for so long does not count.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public async Task<DeploymentStatus> OfAsync(Deployment deployment, IReadOnlyCollection<DeploymentTarget> targets, CancellationToken ct)
    {
        var states = await db.ReplicaStates.AsNoTracking().Where(state => state.DeploymentKey == deployment.DeploymentKey).ToListAsync(ct);
        return new(deployment, DeploymentSpec.FromJson(deployment.Spec), targets, states, await AliveAsync(ct));
    }

    /// <summary>Deployments with their targets and phases, in the order given.</summary>
    public async Task<IReadOnlyList<(Deployment Deployment, List<DeploymentTarget> Targets, Phase Phase)>> OfAsync(IReadOnlyList<Deployment> deployments, CancellationToken ct)
    {
        var keys = deployments.Select(deployment => deployment.DeploymentKey).ToList();
        var targets = (await db.Targets.AsNoTracking().Where(target => keys.Contains(target.DeploymentKey)).OrderBy(target => target.Variant).ToListAsync(ct))
            .ToLookup(target => target.DeploymentKey);
        var states = (await db.ReplicaStates.AsNoTracking().Where(state => keys.Contains(state.DeploymentKey)).ToListAsync(ct)).ToLookup(state => state.DeploymentKey);
        var alive = await AliveAsync(ct);
        return
        [
            .. deployments.Select(deployment =>
            {
                var own = targets[deployment.DeploymentKey].ToList();
                return (deployment, own, new DeploymentStatus(
                    deployment, DeploymentSpec.FromJson(deployment.Spec), own, [.. states[deployment.DeploymentKey]], alive).Phase);
            }),
        ];
    }

    private async Task<IReadOnlySet<string>> AliveAsync(CancellationToken ct)
    {
        var since = clock.NowMicroseconds() - DeploymentInstant.Span(Silence);
        return (await db.Replicas.Where(replica => replica.HeartbeatAt >= since).Select(replica => replica.ReplicaId).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
    }
}
