using MlopsPlane.InferenceGateway.Storage;

namespace MlopsPlane.InferenceGateway.Deployments.Targets;

/// <summary>Changes of targets, in the transaction that the caller has open.</summary>
internal static class TargetChanges
{
    /// <summary>Points a target to another version of its model, and remembers the one before.</summary>
    public static void Move(this DeploymentTarget target, int version, long at)
    {
        // Until a replica has measured the version, the files' size of the one before counts: nothing at all would let others in its place.
        if (version != target.Version)
            (target.PreviousVersion, target.Version, target.MemoryBytes) = (target.Version, version, null);
        (target.MovedAt, target.RolledBack) = (at, false);
    }

    /// <summary>The targets that a spec leaves: those that were resolved anew, and those whose reference is as it was.</summary>
    public static List<DeploymentTarget> Retarget(
        this InferenceDb db, Deployment deployment, DeploymentSpec spec, IReadOnlyList<DeploymentTarget> targets, IReadOnlyList<ResolvedTarget> resolved, long at)
    {
        var kept = targets.Where(target => spec.Variants.Any(variant => variant.Name == target.Variant && !variant.IsExternal)).ToList();
        db.Targets.RemoveRange(targets.Except(kept));
        foreach (var (variant, reference, version, fileBytes) in resolved)
        {
            var target = kept.SingleOrDefault(one => one.Variant == variant);
            if (target is null)
            {
                target = new DeploymentTarget { DeploymentKey = deployment.DeploymentKey, Variant = variant, Model = reference.Model, Version = version, MovedAt = at };
                db.Targets.Add(target);
                kept.Add(target);
            }
            else if (target.Model != reference.Model)
            {
                (target.Model, target.Version, target.PreviousVersion, target.MovedAt, target.RolledBack, target.MemoryBytes) = (reference.Model, version, null, at, false, null);
            }
            else
            {
                target.Move(version, at);
            }

            (target.Alias, target.Unconfirmed, target.FileBytes) = (reference.Alias, true, fileBytes);
        }

        return kept;
    }
}
