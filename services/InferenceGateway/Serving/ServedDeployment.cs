using System.IO.Hashing;
using System.Runtime.InteropServices;
using MlopsPlane.InferenceGateway.Converging;
using MlopsPlane.InferenceGateway.Deployments;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>A deployment as this replica serves it; made anew when its spec changes, with the variants that stay.</summary>
internal sealed class ServedDeployment
{
    private readonly ServedVariant[] answering;
    private readonly int[] bounds;

    /// <param name="before">As it was served until now.</param>
    public ServedDeployment(DesiredDeployment desired, IReadOnlyList<ServedVariant> variants, ServedDeployment? before)
    {
        (Desired, Variants) = (desired, variants);
        Cache = before?.Cache?.MaxBytes == desired.Spec.Cache.Bytes ? before.Cache
            : desired.Spec.Cache.Bytes > 0 ? new ResponseCache(desired.Spec.Cache.Bytes) : null;
        answering = [.. variants.Where(variant => variant.Spec is { Shadow: false, Weight: > 0 })];
        Shadows = [.. variants.Where(variant => variant.Spec.Shadow)];
        bounds = new int[answering.Length];
        var sum = 0;
        for (var i = 0; i < answering.Length; i++)
            bounds[i] = sum += answering[i].Spec.Weight;
        Total = sum;
    }

    public DesiredDeployment Desired { get; }

    public DeploymentSpec Spec => Desired.Spec;

    public IReadOnlyList<ServedVariant> Variants { get; }

    /// <inheritdoc cref="ServedDeployments.IsStale"/>
    public bool IsStale { get; set; }

    /// <summary>Id of this replica.</summary>
    public string Replica { get; init; } = "";

    /// <summary>Whether it is unloaded because nobody uses it; null where it never is.</summary>
    public IdleSleep? Sleep { get; init; }

    /// <summary>Whether a variant that answers has a version loaded.</summary>
    public bool IsLoaded
    {
        get
        {
            foreach (var variant in answering)
            {
                if (variant.Live is not null)
                    return true;
            }

            return false;
        }
    }

    /// <summary>Answers that are remembered; null when none are.</summary>
    public ResponseCache? Cache { get; }

    /// <summary>Variants that get copies.</summary>
    public ServedVariant[] Shadows { get; }

    private int Total { get; }

    /// <summary>
    /// The variant that a request goes to: drawn by weight, or the same for the same key. The share of one that is being loaded,
    /// or cannot be, goes to the next.
    /// </summary>
    public ServedVariant Choose(string? stickyKey)
    {
        if (answering.Length == 1)
            return answering[0];
        var drawn = stickyKey is null
            ? Random.Shared.Next(Total)
            : (int)(XxHash3.HashToUInt64(MemoryMarshal.AsBytes(stickyKey.AsSpan())) % (ulong)Total);
        var i = 0;
        while (drawn >= bounds[i])
            i++;
        for (var step = 0; step < answering.Length; step++)
        {
            if (answering[(i + step) % answering.Length] is { Live: not null } live)
                return live;
        }

        return answering[i];
    }

    /// <summary>The variant that serves a version of the registry now; null when none does.</summary>
    public ServedVariant? WithVersion(int version)
    {
        foreach (var variant in answering)
        {
            if (variant.Live?.Version == version)
                return variant;
        }

        return null;
    }
}
