using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Deployments.Observed;

internal sealed class ObservedState(
    IServiceScopeFactory scopes, TimeProvider clock, [FromKeyedServices(InferenceModule.ServiceName)] OutboxSignal outbox) : IObservedState
{
    public async Task<bool> ReportAsync(ReplicaReport replica, IReadOnlyList<ObservedVariant> variants, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        var (planned, published) = await db.WriteAsync(token => StoreAsync(db, replica, variants, token), ct);
        if (published)
            outbox.Wake();
        return planned;
    }

    public async Task LeaveAsync(string replica, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        var silent = clock.NowMicroseconds() - (2 * DeploymentInstant.Span(StatusReader.Silence));
        await db.WriteAsync(async token =>
        {
            await db.Replicas.Where(row => row.ReplicaId == replica).ExecuteUpdateAsync(set => set.SetProperty(row => row.HeartbeatAt, silent).SetProperty(row => row.Url, ""), token);
            await db.CountChangeAsync(token);
        }, ct);
    }

    /// <returns>Whether the leader knows the replica, and whether something was published.</returns>
    private async Task<(bool Planned, bool Published)> StoreAsync(InferenceDb db, ReplicaReport replica, IReadOnlyList<ObservedVariant> variants, CancellationToken ct)
    {
        var now = clock.NowMicroseconds();
        var planned = await BeatAsync(db, replica, now, ct);
        var known = (await db.ReplicaStates.Where(state => state.ReplicaId == replica.Id).ToListAsync(ct))
            .ToDictionary(state => (state.DeploymentKey, state.Variant, state.Version));
        var keys = variants.Select(variant => variant.DeploymentKey).Distinct().ToList();
        // It may tell of a deployment that was deleted a moment ago.
        var deployments = await db.Deployments.AsNoTracking().Where(row => keys.Contains(row.DeploymentKey))
            .Join(db.Set<WorkspaceRow>(), row => row.WorkspaceId, workspace => workspace.Id, (row, workspace) => new { row, workspace.Name })
            .ToDictionaryAsync(found => found.row.DeploymentKey, ct);
        var (published, serves) = (false, false);
        // A version may be served anew while its last requests before are drained; what is told first counts.
        foreach (var seen in variants.Where(variant => deployments.ContainsKey(variant.DeploymentKey))
            .DistinctBy(variant => (variant.DeploymentKey, variant.Variant, variant.Version)).OrderBy(variant => variant.DeploymentKey))
        {
            var before = known.Remove((seen.DeploymentKey, seen.Variant, seen.Version ?? 0), out var state) ? state.State : null;
            state ??= Add(db, replica.Id, seen);
            if (!Apply(state, seen, now) || before == state.State)
                continue;
            serves |= PhaseRules.IsServing(state) || ServesIn(before);
            var (deployment, workspace) = (deployments[seen.DeploymentKey].row, deployments[seen.DeploymentKey].Name);
            if (Happening(workspace, seen, before, now) is { } change)
                db.Tell(deployment, change, replica.Id);
            published |= await PublishAsync(db, deployment, workspace, seen, replica.Id, now, ct);
        }

        db.ReplicaStates.RemoveRange(known.Values);
        if (serves || known.Values.Any(PhaseRules.IsServing))
        {
            // The other replicas send requests here, or do not any more.
            await db.SaveChangesAsync(ct);
            await db.CountChangeAsync(ct);
        }

        return (planned, published);
    }

    private static bool ServesIn(string? state) => state is nameof(ServingState.Ready) or nameof(ServingState.Degraded) or nameof(ServingState.Unloaded);

    private static async Task<bool> BeatAsync(InferenceDb db, ReplicaReport report, long now, CancellationToken ct)
    {
        var row = await db.Replicas.SingleOrDefaultAsync(replica => replica.ReplicaId == report.Id, ct);
        var providers = string.Join(',', report.Providers);
        if (row is null)
            db.Replicas.Add(row = new Replica { ReplicaId = report.Id, Name = report.Name, Url = report.Url, Pool = report.Pool, Providers = providers });
        // While it was silent what it held may have gone to others, and it is told anew.
        row.Planned &= row.Pool == report.Pool && now - row.HeartbeatAt <= DeploymentInstant.Span(StatusReader.Silence);
        (row.Name, row.Url, row.GrpcUrl, row.Pool, row.Providers) = (report.Name, report.Url, report.GrpcUrl, report.Pool, providers);
        (row.MemoryBudgetBytes, row.MemoryUsedBytes, row.HeartbeatAt, row.StartedAt) =
            (report.MemoryBudgetBytes, report.MemoryUsedBytes, now, DeploymentInstant.Microseconds(report.StartedAt));
        return row.Planned;
    }

    private static ReplicaState Add(InferenceDb db, string replica, ObservedVariant seen)
    {
        var added = new ReplicaState { ReplicaId = replica, DeploymentKey = seen.DeploymentKey, Variant = seen.Variant, Version = seen.Version ?? 0, State = "" };
        db.ReplicaStates.Add(added);
        return added;
    }

    /// <returns>Whether anything is new; most reports write nothing but their sign of life.</returns>
    private static bool Apply(ReplicaState state, ObservedVariant seen, long now)
    {
        var fresh = (seen.Generation, seen.State.ToString(), seen.Reason, seen.Provider, seen.FallbackReason, seen.MemoryBytes, seen.Progress, seen.LastUsedAt);
        if (fresh == (state.Generation, state.State, state.Reason, state.Provider, state.FallbackReason, state.MemoryBytes, state.Progress, state.LastUsedAt))
            return false;
        (state.Generation, state.State, state.Reason, state.Provider, state.FallbackReason, state.MemoryBytes, state.Progress, state.LastUsedAt) = fresh;
        state.UpdatedAt = now;
        return true;
    }

    /// <summary>What people should read of a new state; null when it is only a step on the way.</summary>
    private static Change? Happening(string workspace, ObservedVariant seen, string? before, long now)
    {
        var what = seen.Version is { } version ? $"{seen.Variant} version {version}" : seen.Variant;
        var because = seen.Reason is null ? "." : $": {seen.Reason}";
        return seen.State switch
        {
            // It slept, and nobody is told of each nap.
            ServingState.Ready when before == nameof(ServingState.Unloaded) => null,
            ServingState.Ready => new(workspace, ChangeType.ModelLoaded, $"{what} is ready.", null, now),
            ServingState.Degraded => new(workspace, "degraded", $"{what} is degraded{because}", null, now, DeploymentEvent.Warning),
            ServingState.Failed => new(workspace, "load-failed", $"{what} failed{because}", null, now, DeploymentEvent.Error),
            ServingState.Quarantined => new(workspace, "quarantined", $"{what} is in quarantine{because}", null, now, DeploymentEvent.Error),
            _ => null,
        };
    }

    private async Task<bool> PublishAsync(InferenceDb db, Deployment deployment, string workspace, ObservedVariant seen, string replica, long now, CancellationToken ct)
    {
        if (seen is not { State: ServingState.Ready, Version: { } version })
            return false;
        var own = db.Targets.Where(row => row.DeploymentKey == seen.DeploymentKey && row.Variant == seen.Variant);
        if (await own.AsNoTracking().SingleOrDefaultAsync(ct) is not { } target)
            return false;
        // Rows before the event's number, as whoever changes a deployment takes them; and only if it is this version still.
        var memory = seen.MemoryBytes;
        await own.Where(row => row.Version == version && (row.MemoryBytes == null || row.MemoryBytes < memory))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.MemoryBytes, memory), ct);
        await db.SaveChangesAsync(ct);
        await db.PublishAsync(new ModelLoaded(
            workspace, deployment.Name, seen.Variant, target.Model, version, replica, seen.Provider, seen.FallbackReason, seen.MemoryBytes,
            DeploymentInstant.ToDateTime(now)), clock, ct);
        return true;
    }
}
