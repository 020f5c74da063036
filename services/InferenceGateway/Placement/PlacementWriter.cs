using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>Writes the differences between a plan and what is assigned, where the plan still holds.</summary>
internal static class PlacementWriter
{
    /// <returns>Whether anything is different.</returns>
    public static bool Differs(PlacementFacts facts, PlacementPlan plan) => facts.Unplanned.Count > 0 || plan.Evicted.Count > 0
        || facts.Rows.Any(row => DiffersIn(row, facts, plan.Deployments[row.DeploymentKey]));

    /// <summary>In the caller's transaction.</summary>
    /// <returns>False when another replica leads meanwhile, or what is wanted has changed: nothing was written.</returns>
    public static async Task<bool> WriteAsync(
        InferenceDb db, PlacementFacts facts, PlacementPlan plan, string leader, long term, TimeProvider clock, CancellationToken ct)
    {
        if (!await db.StillLeadsAsync(leader, term, ct) || await db.ChangesAsync(ct) != facts.Changes)
            return false;
        var now = clock.NowMicroseconds();
        foreach (var row in facts.Rows.Where(row => DiffersIn(row, facts, plan.Deployments[row.DeploymentKey])))
            await StoreAsync(db, row.DeploymentKey, [.. facts.Assignments[row.DeploymentKey]], plan.Deployments[row.DeploymentKey], facts.Replicas, now, ct);
        foreach (var (key, replica) in plan.Evicted)
            await EvictAsync(db, key, replica, facts.Replicas, now, ct);
        await db.Replicas.Where(replica => facts.Unplanned.Contains(replica.ReplicaId)).ExecuteUpdateAsync(set => set.SetProperty(replica => replica.Planned, true), ct);
        await db.SaveChangesAsync(ct);
        await db.CountChangeAsync(ct);
        return true;
    }

    private static bool DiffersIn(Deployment row, PlacementFacts facts, Placed placed) =>
        placed.Add.Count > 0 || placed.Unplaced != row.Unplaced || placed.Keep.Count != facts.Assignments[row.DeploymentKey].Count();

    private static async Task StoreAsync(
        InferenceDb db, long key, List<Assignment> before, Placed placed, IReadOnlyList<PlanReplica> replicas, long now, CancellationToken ct)
    {
        // It may have been deleted since.
        if (await db.TryTakeAsync(key, ct) is not { } row)
            return;
        var gone = before.Where(assignment => !placed.Keep.Contains(assignment.ReplicaId, StringComparer.Ordinal)).Select(assignment => assignment.ReplicaId).ToList();
        await db.Assignments.Where(assignment => assignment.DeploymentKey == key && gone.Contains(assignment.ReplicaId)).ExecuteDeleteAsync(ct);
        foreach (var (replica, reason) in placed.Add)
            db.Assignments.Add(new Assignment { DeploymentKey = key, ReplicaId = replica, Reason = reason, AssignedAt = now });
        if (gone.Count > 0 || placed.Add.Count > 0)
        {
            var parts = new List<string>();
            if (placed.Add.Count > 0)
                parts.Add($"Placed on {string.Join(", ", placed.Add.Select(added => $"{NameOf(replicas, added.Replica)} ({added.Reason})"))}.");
            if (gone.Count > 0)
                parts.Add($"Taken off {string.Join(", ", gone.Select(replica => NameOf(replicas, replica)))}.");
            db.Tell(row, new Change("", ChangeType.Placed, string.Join(' ', parts), null, now));
        }

        if (placed.Unplaced is { } lacking && lacking != row.Unplaced)
            db.Tell(row, new Change("", ChangeType.Unplaced, $"Not placed as wanted: {lacking}.", null, now, DeploymentEvent.Warning));
        row.Unplaced = placed.Unplaced;
    }

    private static async Task EvictAsync(InferenceDb db, long key, string replica, IReadOnlyList<PlanReplica> replicas, long now, CancellationToken ct)
    {
        if (await db.TryTakeAsync(key, ct) is not { } row)
            return;
        await db.Assignments.Where(assignment => assignment.DeploymentKey == key && assignment.ReplicaId == replica)
            .ExecuteUpdateAsync(set => set.SetProperty(assignment => assignment.EvictedAt, now), ct);
        db.Tell(row, new Change("", ChangeType.Evicted, $"Unloaded on {NameOf(replicas, replica)}, where another deployment needs the memory; the next request loads it again.", null, now), replica);
    }

    private static string NameOf(IReadOnlyList<PlanReplica> replicas, string id) => replicas.FirstOrDefault(replica => replica.Id == id)?.Name ?? id;
}
