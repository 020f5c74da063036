using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Status;

/// <summary>Reads how deployments are.</summary>
internal sealed class StatusReader(InferenceDb db, TimeProvider clock)
{
    /// <summary>A replica that has not reported for so long does not count.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    public async Task<DeploymentStatus> OfAsync(Deployment deployment, IReadOnlyCollection<DeploymentTarget> targets, CancellationToken ct)
    {
        var keys = new[] { deployment.DeploymentKey };
        var alive = await AliveAsync(ct);
        return new(
            deployment, DeploymentSpec.FromJson(deployment.Spec), targets, [.. (await StatesAsync(keys, ct))[deployment.DeploymentKey]], alive,
            [.. (await PlacementsAsync(keys, alive, ct))[deployment.DeploymentKey]]);
    }

    /// <summary>Deployments with their targets and phases, in the order given.</summary>
    public async Task<IReadOnlyList<(Deployment Deployment, List<DeploymentTarget> Targets, Phase Phase)>> OfAsync(IReadOnlyList<Deployment> deployments, CancellationToken ct)
    {
        var keys = deployments.Select(deployment => deployment.DeploymentKey).ToArray();
        var targets = (await db.Targets.AsNoTracking().Where(target => keys.Contains(target.DeploymentKey)).OrderBy(target => target.Variant).ToListAsync(ct))
            .ToLookup(target => target.DeploymentKey);
        var alive = await AliveAsync(ct);
        var states = await StatesAsync(keys, ct);
        var placements = await PlacementsAsync(keys, alive, ct);
        return
        [
            .. deployments.Select(deployment =>
            {
                var key = deployment.DeploymentKey;
                var own = targets[key].ToList();
                return (deployment, own, new DeploymentStatus(deployment, DeploymentSpec.FromJson(deployment.Spec), own, [.. states[key]], alive, [.. placements[key]]).Phase);
            }),
        ];
    }

    private async Task<ILookup<long, ReplicaState>> StatesAsync(long[] keys, CancellationToken ct) =>
        (await db.ReplicaStates.AsNoTracking().Where(state => keys.Contains(state.DeploymentKey)).ToListAsync(ct)).ToLookup(state => state.DeploymentKey);

    private async Task<ILookup<long, PlacementView>> PlacementsAsync(long[] keys, IReadOnlySet<string> alive, CancellationToken ct)
    {
        var rows = await db.Assignments.AsNoTracking().Where(row => keys.Contains(row.DeploymentKey))
            .Join(db.Replicas, row => row.ReplicaId, replica => replica.ReplicaId, (row, replica) => new { row, replica.Name }).OrderBy(found => found.row.ReplicaId).ToListAsync(ct);
        return rows.ToLookup(found => found.row.DeploymentKey, found => new PlacementView(
            found.row.ReplicaId, found.Name, found.row.Reason, !alive.Contains(found.row.ReplicaId), DeploymentInstant.ToDateTime(found.row.AssignedAt)));
    }

    private async Task<IReadOnlySet<string>> AliveAsync(CancellationToken ct)
    {
        var since = clock.NowMicroseconds() - DeploymentInstant.Span(Silence);
        return (await db.Replicas.Where(replica => replica.HeartbeatAt >= since).Select(replica => replica.ReplicaId).ToListAsync(ct)).ToHashSet(StringComparer.Ordinal);
    }
}
