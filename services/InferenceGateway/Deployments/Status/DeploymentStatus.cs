using MlopsPlane.InferenceGateway.Deployments.Observed;

namespace MlopsPlane.InferenceGateway.Deployments.Status;

/// <summary>Puts together what is wanted and what replicas say.</summary>
/// <param name="alive">Ids of the replicas that have reported of late.</param>
/// <param name="placements">The replicas that are to hold it.</param>
internal sealed class DeploymentStatus(
    Deployment deployment, DeploymentSpec spec, IReadOnlyCollection<DeploymentTarget> targets, IReadOnlyCollection<ReplicaState> states, IReadOnlySet<string> alive,
    IReadOnlyList<PlacementView> placements)
{
    private readonly Dictionary<string, DeploymentTarget> targets = targets.ToDictionary(target => target.Variant, StringComparer.Ordinal);
    private readonly ILookup<string, ReplicaState> living = states.Where(state => alive.Contains(state.ReplicaId)).ToLookup(state => state.Variant, StringComparer.Ordinal);

    /// <summary>A shadow that fails harms nobody who asks.</summary>
    public Phase Phase => deployment.Suspended ? Phase.Suspended : PhaseRules.Of([.. spec.Variants.Select(variant => PhaseOf(variant) is Phase.Failed && variant.Shadow ? Phase.Degraded : PhaseOf(variant))]);

    public StatusView View()
    {
        var variants = spec.Variants.Select(ViewOf).ToList();
        return new(deployment.Name, deployment.Generation, Phase.ToString(), [.. Conditions()], variants,
            [.. states.OrderBy(state => state.ReplicaId, StringComparer.Ordinal).ThenBy(state => state.Variant, StringComparer.Ordinal).ThenBy(state => state.Version).Select(ViewOf)], placements);
    }

    private IEnumerable<Condition> Conditions()
    {
        var dead = spec.Variants.Where(variant => !variant.Shadow && !living[variant.Name].Any(PhaseRules.IsServing)).Select(variant => variant.Name).ToList();
        yield return dead.Count == 0
            ? new("Available", Status: true, "Serving", null)
            : new("Available", Status: false, "NotServing", $"No replica serves {string.Join(", ", dead)}.");
        var under = spec.Variants.Where(variant => PhaseOf(variant) is Phase.Pending or Phase.Progressing).Select(variant => variant.Name).ToList();
        var waiting = living.SelectMany(group => group).FirstOrDefault(state => state.State == nameof(ServingState.Pending) && state.Reason is not null);
        yield return under.Count == 0
            ? new("Progressing", Status: false, "Settled", null)
            : new("Progressing", Status: true, "Converging", waiting is null ? $"Replicas are not there yet with {string.Join(", ", under)}." : $"{waiting.Variant} on {waiting.ReplicaId}: {waiting.Reason}");
        yield return deployment.Suspended
            ? new("Suspended", Status: true, "Unloaded", "It was unloaded; no replica holds it until it is loaded again.")
            : new("Suspended", Status: false, "Wanted", null);
        yield return deployment.Unplaced is { } lacking
            ? new("Placed", Status: false, "Waiting", $"Not placed as wanted: {lacking}.")
            : new("Placed", Status: true, "Placed", null);
        var failed = spec.Variants.SelectMany(variant => living[variant.Name].Where(state => state.Version == VersionOf(variant) && state.Generation >= deployment.Generation && PhaseRules.IsFailed(state))).ToList();
        yield return failed.Count == 0
            ? new("LoadFailed", Status: false, "NoFailure", null)
            : new("LoadFailed", Status: true, failed[0].State, string.Join(" ", failed.Take(3).Select(state => $"{state.Variant} version {state.Version} on {state.ReplicaId}: {state.Reason ?? state.State}")));
        var back = targets.Values.Where(target => target.RolledBack).ToList();
        yield return back.Count == 0
            ? new("RolledBack", Status: false, "AsSpecified", null)
            : new("RolledBack", Status: true, "RolledBack", string.Join(" ", back.Select(target => $"{target.Variant} was rolled back to version {target.Version}.")));
    }

    private Phase PhaseOf(VariantSpec variant) => PhaseRules.Of(VersionOf(variant), deployment.Generation, spec.Replicas, placements.Count(placement => !placement.Silent), [.. living[variant.Name]]);

    private int VersionOf(VariantSpec variant) => targets.TryGetValue(variant.Name, out var target) ? target.Version : 0;

    private VariantStatus ViewOf(VariantSpec variant)
    {
        var target = targets.GetValueOrDefault(variant.Name);
        return new(variant.Name, target?.Model, target?.Version, target?.PreviousVersion, target?.RolledBack == true, variant.Weight, variant.Shadow,
            PhaseOf(variant).ToString(), living[variant.Name].Count(state => state.Version == VersionOf(variant) && PhaseRules.IsServing(state)), spec.Replicas);
    }

    private ReplicaStatus ViewOf(ReplicaState state) => new(
        state.ReplicaId, state.Variant, state.Version == 0 ? null : state.Version, state.State, state.Reason, state.Generation, state.Progress, state.Provider,
        state.FallbackReason, state.MemoryBytes, !alive.Contains(state.ReplicaId), DeploymentInstant.ToDateTime(state.UpdatedAt));
}
