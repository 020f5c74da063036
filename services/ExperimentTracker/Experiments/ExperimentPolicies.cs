using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>What the tracker's endpoints ask of their callers.</summary>
internal static class ExperimentPolicies
{
    public static readonly AccessPolicy Read = AccessPolicy.Read(ResourceKind.Experiment);

    public static readonly AccessPolicy Write = AccessPolicy.Write(ResourceKind.Experiment);
}
