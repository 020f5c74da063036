using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Observed;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>What there is to place, and where, as it is in the database.</summary>
/// <param name="Changes">Of what is wanted, up to what was read; a plan of something older is not written.</param>
internal sealed record PlacementFacts(
    long Changes, IReadOnlyList<Deployment> Rows, IReadOnlyList<PlanDeployment> Deployments, IReadOnlyList<PlanReplica> Replicas,
    ILookup<long, Assignment> Assignments, IReadOnlyList<string> Unplanned)
{
    /// <summary>
    /// Without a report of what a version takes, its memory is put at its files' size times this, which covers the weights
    /// and what a session keeps beside them; and the files' size times <see cref="EachInstance"/> for each instance's tensors.
    /// </summary>
    public const double Session = 1.2;

    /// <inheritdoc cref="Session"/>
    public const double EachInstance = 0.3;

    /// <summary>Memory of a version before it was loaded anywhere, in bytes.</summary>
    public static long Estimate(long fileBytes, int instances) => (long)(fileBytes * (Session + (EachInstance * instances)));

    /// <param name="leadsSince">When the leader began to lead, or to reach the database again. Microseconds since 1970 UTC.</param>
    public static async Task<PlacementFacts> ReadAsync(InferenceDb db, long now, long leadsSince, CancellationToken ct)
    {
        // Before everything else, so that what changes meanwhile makes the plan void.
        var changes = await db.ChangesAsync(ct);
        var rows = await db.Deployments.AsNoTracking().Where(row => db.Set<WorkspaceRow>().Any(workspace => workspace.Id == row.WorkspaceId && !workspace.Name.Contains(WorkspaceRow.RetiredMark)))
            .OrderBy(row => row.DeploymentKey).ToListAsync(ct);
        var targets = (await db.Targets.AsNoTracking().ToListAsync(ct)).ToLookup(target => target.DeploymentKey);
        var states = (await db.ReplicaStates.AsNoTracking().ToListAsync(ct)).ToLookup(state => (state.DeploymentKey, state.ReplicaId));
        var assignments = (await db.Assignments.AsNoTracking().ToListAsync(ct)).ToLookup(row => row.DeploymentKey);
        var replicas = await db.Replicas.AsNoTracking().OrderBy(replica => replica.ReplicaId).ToListAsync(ct);
        var since = now - DeploymentInstant.Span(StatusReader.Silence);
        return new(
            changes, rows, [.. rows.Select(row => Of(row, [.. targets[row.DeploymentKey]], assignments[row.DeploymentKey], states))],
            [.. replicas.Select(replica => new PlanReplica(
                replica.ReplicaId, replica.Name, replica.Pool, replica.Providers.Split(',').ToHashSet(StringComparer.Ordinal), replica.MemoryBudgetBytes ?? long.MaxValue / 4,
                replica.HeartbeatAt >= since, Spared: leadsSince >= since && replica.Url.Length > 0))],
            assignments, [.. replicas.Where(replica => !replica.Planned && replica.HeartbeatAt >= since).Select(replica => replica.ReplicaId)]);
    }

    private static PlanDeployment Of(
        Deployment row, IReadOnlyList<DeploymentTarget> targets, IEnumerable<Assignment> assignments, ILookup<(long, string), ReplicaState> states)
    {
        var spec = DeploymentSpec.FromJson(row.Spec);
        var need = targets.Sum(target => Math.Max(target.MemoryBytes ?? 0, target.FileBytes is { } bytes ? Estimate(bytes, spec.Instances) : 0));
        var held = assignments.Select(assignment => Held(assignment, [.. states[(row.DeploymentKey, assignment.ReplicaId)]])).ToList();
        return new(
            row.DeploymentKey, row.Pool, row.Suspended ? 0 : spec.Replicas, spec.Pin, spec.Provider.OnMissing == "fail" ? spec.Provider.Kind : null, need,
            spec.IdleUnloadSeconds is not null, held);
    }

    private static PlanHeld Held(Assignment assignment, IReadOnlyList<ReplicaState> states)
    {
        var used = states.Max(state => state.LastUsedAt) ?? 0;
        // Until the replica has said so itself, what it was told counts.
        var asleep = (assignment.EvictedAt > used && states.All(state => state.UpdatedAt <= assignment.EvictedAt)) || (states.Count > 0 && states.All(state => state.State == nameof(ServingState.Unloaded)));
        return new(
            assignment.ReplicaId, asleep, Math.Max(used, assignment.AssignedAt), states.Any(PhaseRules.IsServing),
            states.Any(PhaseRules.IsServing) && states.All(state => PhaseRules.IsServing(state) || state.State == nameof(ServingState.Draining)));
    }
}
