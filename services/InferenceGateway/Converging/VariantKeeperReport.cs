using MlopsPlane.InferenceGateway.Deployments.Observed;

namespace MlopsPlane.InferenceGateway.Converging;

/// <content>What a keeper tells of its variant.</content>
internal sealed partial class VariantKeeper
{
    /// <summary>What there is to tell of it.</summary>
    /// <param name="usedAt">When the last request came; null where nobody needs to know.</param>
    public void Observe(List<ObservedVariant> all, long? usedAt)
    {
        lock (gate)
        {
            if (wanted is null)
                return;
            var (key, generation, name) = (wanted.Desired.Key, wanted.Desired.Generation, Variant.Spec.Name);
            if (asleep)
            {
                all.Add(new ObservedVariant(key, name, Told(wanted.Target.Version), generation, ServingState.Unloaded, MemoryBytes: memory, LastUsedAt: usedAt));
                all.AddRange(draining.Select(old => new ObservedVariant(key, name, Told(old.Version), generation, ServingState.Draining)));
                return;
            }

            if (Variant.Live is { } version)
            {
                // The same version cannot be run as it is wanted now, and goes on as it was.
                var isOld = failure is not null && version.Version == wanted.Target.Version;
                all.Add(new ObservedVariant(
                    key, name, Told(version.Version), generation, isOld ? ServingState.Degraded : ServingState.Ready, isOld ? failure : version.Warning, version.Provider,
                    version.FallbackReason, version.MemoryBytes, LastUsedAt: usedAt));
            }

            if (failure is not null)
                all.Add(new ObservedVariant(key, name, Told(wanted.Target.Version), generation, quarantined ? ServingState.Quarantined : ServingState.Failed, failure));
            else if (live != wanted)
                all.Add(new ObservedVariant(key, name, Told(wanted.Target.Version), generation, Enum.Parse<ServingState>(step.State ?? nameof(ServingState.Pending)), Progress: step.Progress));
            all.AddRange(draining.Select(old => new ObservedVariant(key, name, Told(old.Version), generation, ServingState.Draining)));
        }
    }

    /// <summary>Servers outside have no version.</summary>
    private static int? Told(int version) => version == 0 ? null : version;
}
