using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Deployments.Following;

/// <summary>
/// Asks the registry once more about targets that were resolved a moment ago. An alias that moves between the question and
/// the commit is announced while nobody follows it yet; from the commit on every move is heard of, so that one question
/// after it closes the gap.
/// </summary>
internal sealed class TargetCheck(InferenceDb db, TargetResolver resolver, ChangeSignals signals, TimeProvider clock)
{
    private const int AtOnce = 100;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    public async Task CheckAsync(CancellationToken ct)
    {
        var open = await db.Targets.AsNoTracking().Where(target => target.Unconfirmed).OrderBy(target => target.DeploymentKey).Take(AtOnce)
            .Join(db.Deployments, target => target.DeploymentKey, row => row.DeploymentKey, (target, row) => new { target, row.Generation, row.WorkspaceId })
            .Join(db.Set<WorkspaceRow>().Where(workspace => !workspace.Name.Contains(WorkspaceRow.RetiredMark)), found => found.WorkspaceId, workspace => workspace.Id, (found, workspace) => new { found.target, found.Generation, workspace.Name })
            .ToListAsync(ct);
        var failures = new List<Exception>();
        foreach (var one in open)
        {
            try
            {
                var reference = new ModelReference(one.target.Model, one.target.Alias is null ? one.target.Version : null, one.target.Alias);
                var facts = await FindAsync(one.Name, reference, ct);
                db.ChangeTracker.Clear();
                if (await db.WriteAsync(token => ConfirmAsync(one.target, one.Generation, one.Name, reference, facts, token), ct))
                    signals.Committed();
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                // The others are not to wait for it.
                failures.Add(failure);
            }
        }

        if (failures.Count > 0)
            throw new AggregateException(failures);
    }

    private async Task<ModelVersionFacts?> FindAsync(string workspace, ModelReference reference, CancellationToken ct)
    {
        try
        {
            return await resolver.FindAsync(workspace, reference, ct);
        }
        catch (PlaneException gone) when (gone.Error.Status == 404)
        {
            // The registry does not know the workspace.
            return null;
        }
    }

    /// <returns>Whether the target was moved.</returns>
    private async Task<bool> ConfirmAsync(DeploymentTarget asked, long generation, string workspace, ModelReference reference, ModelVersionFacts? facts, CancellationToken ct)
    {
        // What has changed since the question is asked for again in the next round.
        if (await db.TryTakeAsync(asked.DeploymentKey, ct) is not { } deployment || deployment.Generation != generation)
            return false;
        var targets = await db.TargetsOfAsync(deployment, ct);
        if (targets.SingleOrDefault(one => one.Variant == asked.Variant) is not { } target)
            return false;
        var at = clock.NowMicroseconds();
        // A model whose workspace moves may not have arrived in the registry yet.
        if (facts is null && at - deployment.UpdatedAt < DeploymentInstant.Span(Grace))
            return false;
        target.Unconfirmed = false;
        if (facts?.Version is not { } now)
        {
            db.Tell(deployment, new Change(
                workspace, ChangeType.VersionMissing, $"{asked.Variant}: the registry has no {reference} any more; version {asked.Version} stays wanted.", null, at, DeploymentEvent.Warning));
            return false;
        }

        if (now == target.Version || target.RolledBack)
        {
            if (now == target.Version)
                target.FileBytes = TargetResolver.FileBytesOf(facts) ?? target.FileBytes;
            return false;
        }

        var before = target.Version;
        target.Move(now, at);
        target.FileBytes = TargetResolver.FileBytesOf(facts) ?? target.FileBytes;
        await db.ChangeAsync(deployment, targets, new Change(workspace, ChangeType.AliasMoved, $"{asked.Model}@{asked.Alias} moved from version {before} to {now}; {asked.Variant} follows.", null, at), clock, ct);
        return true;
    }
}
