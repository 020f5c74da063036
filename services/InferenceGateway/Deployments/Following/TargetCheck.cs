using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Storage;
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

    public async Task CheckAsync(CancellationToken ct)
    {
        var open = await db.Targets.AsNoTracking().Where(target => target.Unconfirmed).OrderBy(target => target.DeploymentKey).Take(AtOnce)
            .Join(db.Deployments, target => target.DeploymentKey, row => row.DeploymentKey, (target, row) => new { target, row.Generation, row.WorkspaceId })
            .Join(db.Set<WorkspaceRow>(), found => found.WorkspaceId, workspace => workspace.Id, (found, workspace) => new { found.target, found.Generation, workspace.Name })
            .ToListAsync(ct);
        foreach (var one in open)
        {
            var reference = new ModelReference(one.target.Model, one.target.Alias is null ? one.target.Version : null, one.target.Alias);
            var version = (await resolver.FindAsync(one.Name, reference, ct))?.Version;
            db.ChangeTracker.Clear();
            if (await db.WriteAsync(token => ConfirmAsync(one.target, one.Generation, one.Name, reference, version, token), ct))
                signals.Committed();
        }
    }

    /// <returns>Whether the target was moved.</returns>
    private async Task<bool> ConfirmAsync(DeploymentTarget asked, long generation, string workspace, ModelReference reference, int? version, CancellationToken ct)
    {
        // What has changed since the question is asked for again in the next round.
        if (await db.TryTakeAsync(asked.DeploymentKey, ct) is not { } deployment || deployment.Generation != generation)
            return false;
        var targets = await db.TargetsOfAsync(deployment, ct);
        if (targets.SingleOrDefault(one => one.Variant == asked.Variant) is not { } target)
            return false;
        target.Unconfirmed = false;
        var at = clock.NowMicroseconds();
        if (version is not { } now)
        {
            db.Tell(deployment, new Change(
                workspace, ChangeType.VersionMissing, $"{asked.Variant}: the registry has no {reference} any more; version {asked.Version} stays wanted.", null, at, DeploymentEvent.Warning));
            return false;
        }

        if (now == target.Version || target.RolledBack)
            return false;
        target.Move(now, at);
        await db.ChangeAsync(deployment, targets, new Change(workspace, ChangeType.AliasMoved, $"{reference} means version {now} now; {asked.Variant} follows.", null, at), clock, ct);
        return true;
    }
}
