using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Desired;

/// <summary>Which replicas hold the deployments, and whether they answer.</summary>
internal sealed class HolderReader
{
    private readonly ILookup<long, Found> assigned;
    private readonly HashSet<(long, string, string)> serving;

    private HolderReader(ILookup<long, Found> assigned, HashSet<(long, string, string)> serving) => (this.assigned, this.serving) = (assigned, serving);

    /// <param name="now">Microseconds since 1970 UTC.</param>
    public static async Task<HolderReader> ReadAsync(InferenceDb db, long now, CancellationToken ct)
    {
        var rows = await db.Assignments.AsNoTracking().Join(db.Replicas, row => row.ReplicaId, replica => replica.ReplicaId, (row, replica) => new
        {
            row.DeploymentKey, row.EvictedAt, replica.ReplicaId, replica.Url, replica.GrpcUrl, replica.HeartbeatAt,
        }).OrderBy(row => row.ReplicaId).ToListAsync(ct);
        var states = await db.ReplicaStates.AsNoTracking().ToListAsync(ct);
        var since = now - DeploymentInstant.Span(StatusReader.Silence);
        return new(
            rows.ToLookup(row => row.DeploymentKey, row => new Found(row.ReplicaId, row.Url, row.GrpcUrl, row.HeartbeatAt >= since, row.EvictedAt)),
            [.. states.Where(PhaseRules.IsServing).Select(state => (state.DeploymentKey, state.ReplicaId, state.Variant))]);
    }

    public IReadOnlyList<Holder> Of(long deployment, DeploymentSpec spec) =>
    [
        .. assigned[deployment].Select(found => new Holder(
            found.Replica, found.Url, found.GrpcUrl, found.Alive && spec.Variants.Any(variant =>
                variant is { Shadow: false, Weight: > 0 } && serving.Contains((deployment, found.Replica, variant.Name))), found.EvictedAt)),
    ];

    private sealed record Found(string Replica, string Url, string? GrpcUrl, bool Alive, long? EvictedAt);
}
