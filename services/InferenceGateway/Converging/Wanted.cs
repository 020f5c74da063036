using MlopsPlane.InferenceGateway.Deployments;

namespace MlopsPlane.InferenceGateway.Converging;

/// <summary>A version of a variant, and how it is to be run.</summary>
internal sealed record Wanted(DesiredDeployment Desired, VariantSpec Variant, VariantTarget Target)
{
    /// <summary>Whether what is loaded for one serves for the other.</summary>
    public bool IsLike(Wanted other) =>
        Target.Model == other.Target.Model && Target.Version == other.Target.Version && Server(Variant) == Server(other.Variant)
        && Run(Desired.Spec) == Run(other.Desired.Spec);

    private static (string, string?, string?) Server(VariantSpec variant) => (variant.Runtime, variant.Url, variant.Protocol);

    /// <summary>The parts of a spec that a loaded version depends on.</summary>
    private static string Run(DeploymentSpec spec) => (spec with
    {
        Name = "",
        Pool = "",
        Replicas = null,
        Pin = null,
        Variants = [],
        StickyHeader = null,
        Cache = new CacheSpec(),
        IdleUnloadSeconds = null,
        Sampling = new SamplingSpec(),
    }).ToJson();
}
