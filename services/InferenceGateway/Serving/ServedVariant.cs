using MlopsPlane.InferenceGateway.Deployments;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>A variant as this replica serves it: the version that answers now.</summary>
internal sealed class ServedVariant(VariantSpec spec)
{
    private volatile ServedVersion? live;

    public VariantSpec Spec { get; set; } = spec;

    /// <summary>The version that answers; null while none is loaded.</summary>
    public ServedVersion? Live => live;

    /// <summary>Why none is; shown to clients.</summary>
    public string? Reason { get; set; }

    /// <summary>Puts another version in; what was there before is to be retired by the caller.</summary>
    public ServedVersion? Swap(ServedVersion? version) => Interlocked.Exchange(ref live!, version);

    /// <summary>The live version, leased; null when there is none.</summary>
    public ServedVersion? Lease()
    {
        while (live is { } version)
        {
            // Retired between the look and the lease: another has taken its place.
            if (version.TryLease())
                return version;
        }

        return null;
    }
}
