using MlopsPlane.Web.Identity;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>What the tracker's endpoints ask of their callers.</summary>
internal static class ExperimentPolicies
{
    /// <summary>Reads what belongs to an experiment that the request names, or tells by an id or a path.</summary>
    public static readonly AccessPolicy Read = AccessPolicy.Read(ResourceKind.Experiment) with { HandlerLooksUp = true };

    /// <summary>Changes what belongs to an experiment that the request names, or tells by an id or a path.</summary>
    public static readonly AccessPolicy Write = AccessPolicy.Write(ResourceKind.Experiment) with { HandlerLooksUp = true };

    /// <summary>Looks through experiments and finds what belongs to those whose names the caller may read.</summary>
    public static readonly AccessPolicy Search = AccessPolicy.Read(ResourceKind.Experiment) with { HandlerFilters = true };
}
