using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Deployments.Specs;
using MlopsPlane.InferenceGateway.Deployments.Targets;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging;

namespace MlopsPlane.InferenceGateway.Deployments.Following;

/// <summary>
/// Lets deployments follow what happens to the models that they serve. An alias that moves takes them along; what is taken
/// out of the registry is served on, since somebody's requests depend on it, and is told of as a warning.
/// </summary>
/// <remarks>
/// Replicas hear of the change by its count within a second: this runs inside a transaction, and what it would wake could
/// look before the commit.
/// </remarks>
internal sealed class FollowRegistry(InferenceDb db, TimeProvider clock)
    : IEventHandler<AliasMoved>, IEventHandler<ModelRenamed>, IEventHandler<ModelVersionDeleted>
{
    public Task HandleAsync(AliasMoved fact, CancellationToken ct) => EachAsync(
        fact.Workspace, target => target.Model == fact.Model && target.Alias == fact.Alias, async (deployment, targets, at) =>
        {
            var followers = targets.Where(target => target.Model == fact.Model && target.Alias == fact.Alias).ToList();
            var why = fact.Reason is null ? "" : $" {fact.Reason}";
            if (fact.To is not { } version)
            {
                db.Tell(deployment, new Change(
                    fact.Workspace, ChangeType.AliasRemoved, $"The alias {fact.Model}@{fact.Alias} was removed; {Versions(followers)} serves on.{why}", fact.Actor, at, DeploymentEvent.Warning));
                return;
            }

            // Delivered twice, or resolved when it had moved already.
            var moving = followers.Where(target => target.Version != version || target.RolledBack).ToList();
            if (moving.Count == 0)
                return;
            moving.ForEach(target => target.Move(version, at));
            await db.ChangeOneOfManyAsync(deployment, targets, new Change(
                fact.Workspace, ChangeType.AliasMoved, $"{fact.Model}@{fact.Alias} moved from version {fact.From?.ToString() ?? "none"} to {version}; {Names(moving)} follows.{why}", fact.Actor, at), clock, ct);
        }, ct);

    public Task HandleAsync(ModelRenamed fact, CancellationToken ct) => EachAsync(
        fact.Workspace, target => target.Model == fact.Model, async (deployment, targets, at) =>
        {
            foreach (var target in targets.Where(target => target.Model == fact.Model))
                target.Model = fact.NewName;
            var spec = DeploymentSpec.FromJson(deployment.Spec);
            deployment.Spec = (spec with { Variants = [.. spec.Variants.Select(variant => Renamed(variant, fact))] }).ToJson();
            await db.ChangeOneOfManyAsync(deployment, targets, new Change(
                fact.Workspace, ChangeType.ModelRenamed, $"The model '{fact.Model}' is called '{fact.NewName}' now.", null, at), clock, ct);
        }, ct);

    public Task HandleAsync(ModelVersionDeleted fact, CancellationToken ct) => EachAsync(
        fact.Workspace, target => target.Model == fact.Model && target.Version == fact.Version, (deployment, targets, at) =>
        {
            db.Tell(deployment, new Change(
                fact.Workspace, ChangeType.VersionDeleted,
                $"Version {fact.Version} of '{fact.Model}' was deleted from the registry; replicas that hold it serve on, and none can load it anew.", null, at, DeploymentEvent.Warning));
            return Task.CompletedTask;
        }, ct);

    private static VariantSpec Renamed(VariantSpec variant, ModelRenamed fact) =>
        variant.Model is { } model && ModelReference.Parse(model, "model") is var reference && reference.Model == fact.Model
            ? variant with { Model = (reference with { Model = fact.NewName }).ToString() }
            : variant;

    private static string Versions(List<DeploymentTarget> targets) => string.Join(", ", targets.Select(target => $"version {target.Version}").Distinct(StringComparer.Ordinal));

    private static string Names(List<DeploymentTarget> targets) => string.Join(", ", targets.Select(target => target.Variant));

    /// <summary>Handles each deployment of the workspace with such a target; all are locked in the order of their keys.</summary>
    private async Task EachAsync(
        string workspace, System.Linq.Expressions.Expression<Func<DeploymentTarget, bool>> which, Func<Deployment, List<DeploymentTarget>, long, Task> handle, CancellationToken ct)
    {
        var workspaceId = await db.Set<WorkspaceRow>().Where(row => row.Name == workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);
        if (workspaceId == 0)
            return;
        var keys = await db.Targets.Where(which)
            .Where(target => db.Deployments.Any(row => row.DeploymentKey == target.DeploymentKey && row.WorkspaceId == workspaceId))
            .Select(target => target.DeploymentKey).Distinct().OrderBy(key => key).ToListAsync(ct);
        foreach (var key in keys)
        {
            if (await db.TryTakeAsync(key, ct) is not { } deployment)
                continue;
            await handle(deployment, await db.TargetsOfAsync(deployment, ct), clock.NowMicroseconds());
        }

        if (keys.Count > 0)
            await db.CountChangeAsync(ct);
    }
}
