using MlopsPlane.Contracts.InferenceGateway.V1;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Messaging.Outbox;

namespace MlopsPlane.InferenceGateway.Deployments.Changes;

/// <summary>What happened to a deployment, and who did it.</summary>
/// <param name="Type">One of <see cref="ChangeType"/>.</param>
/// <param name="Message">For people.</param>
/// <param name="At">Microseconds since 1970 UTC.</param>
internal sealed record Change(string Workspace, string Type, string Message, string? Actor, long At, string Severity = DeploymentEvent.Info);

/// <summary>Words for what happens to deployments.</summary>
internal static class ChangeType
{
    public const string Created = "created";
    public const string Updated = "updated";
    public const string AliasMoved = "alias-moved";
    public const string AliasRemoved = "alias-removed";
    public const string Retried = "retried";
    public const string RolledBack = "rolled-back";
    public const string ModelRenamed = "model-renamed";
    public const string VersionDeleted = "version-deleted";
    public const string VersionMissing = "version-missing";
    public const string Moved = "moved";
    public const string Deleted = "deleted";
    public const string ModelLoaded = "model-loaded";
    public const string Placed = "placed";
    public const string Unplaced = "unplaced";
    public const string Evicted = "evicted";
    public const string Suspended = "suspended";
    public const string Resumed = "resumed";
}

/// <summary>Writes a change down, publishes it and counts it, in the transaction that makes it.</summary>
internal static class ChangeWriter
{
    /// <summary>Raises the generation; the row is locked by the caller, or new.</summary>
    public static async Task ChangeAsync(
        this InferenceDb db, Deployment deployment, IReadOnlyCollection<DeploymentTarget> targets, Change change, TimeProvider clock, CancellationToken ct)
    {
        await db.ChangeOneOfManyAsync(deployment, targets, change, clock, ct);
        await db.CountChangeAsync(ct);
    }

    /// <inheritdoc cref="ChangeAsync"/>
    /// <remarks>The caller counts the change when it has locked every deployment that it will: whoever holds the count must not wait for more.</remarks>
    public static async Task ChangeOneOfManyAsync(
        this InferenceDb db, Deployment deployment, IReadOnlyCollection<DeploymentTarget> targets, Change change, TimeProvider clock, CancellationToken ct)
    {
        deployment.Generation++;
        (deployment.UpdatedAt, deployment.UpdatedBy) = (change.At, change.Actor);
        await db.SaveChangesAsync(ct);
        db.Tell(deployment, change);
        await db.PublishChangeAsync(deployment, deployment.Generation, VariantsOf(deployment, targets), change, clock, ct);
    }

    /// <summary>The deployment was deleted.</summary>
    public static async Task EndAsync(this InferenceDb db, Deployment deployment, Change change, TimeProvider clock, CancellationToken ct)
    {
        db.Tell(deployment, change);
        await db.PublishChangeAsync(deployment, deployment.Generation + 1, [], change, clock, ct);
        await db.CountChangeAsync(ct);
    }

    /// <summary>Writes down what changes nothing of what is to be served.</summary>
    public static void Tell(this InferenceDb db, Deployment deployment, Change change, string? replica = null) => db.Events.Add(new DeploymentEvent
    {
        WorkspaceId = deployment.WorkspaceId,
        DeploymentKey = deployment.DeploymentKey,
        Deployment = deployment.Name,
        At = change.At,
        Type = change.Type,
        Severity = change.Severity,
        Message = change.Message,
        Replica = replica,
        Actor = change.Actor,
    });

    private static async Task PublishChangeAsync(
        this InferenceDb db, Deployment deployment, long generation, IReadOnlyList<DeployedVariant> variants, Change change, TimeProvider clock, CancellationToken ct)
    {
        await db.PublishAsync(new DeploymentChanged(
            change.Workspace, deployment.Name, generation, change.Type, variants, change.Actor, DeploymentInstant.ToDateTime(change.At)), clock, ct);
        await db.SaveChangesAsync(ct);
    }

    private static IReadOnlyList<DeployedVariant> VariantsOf(Deployment deployment, IReadOnlyCollection<DeploymentTarget> targets)
    {
        var byName = targets.ToDictionary(target => target.Variant, StringComparer.Ordinal);
        return
        [
            .. DeploymentSpec.FromJson(deployment.Spec).Variants.Select(variant => byName.TryGetValue(variant.Name, out var target)
                ? new DeployedVariant(variant.Name, target.Model, target.Version, variant.Weight, variant.Shadow)
                : new DeployedVariant(variant.Name, null, null, variant.Weight, variant.Shadow)),
        ];
    }
}
