using MlopsPlane.InferenceGateway.Deployments.Observed;

namespace MlopsPlane.InferenceGateway.Deployments.Status;

/// <summary>How far a deployment, or one of its variants, is from what is wanted.</summary>
internal enum Phase
{
    /// <summary>It answers as wanted.</summary>
    Ready,

    /// <summary>No replica does anything about it yet.</summary>
    Pending,

    /// <summary>Replicas are on their way.</summary>
    Progressing,

    /// <summary>It answers, but somewhere not as wanted, or with the version before.</summary>
    Degraded,

    /// <summary>It does not answer and will not by itself.</summary>
    Failed,

    /// <summary>Somebody unloaded it; it is loaded again when somebody asks for that.</summary>
    Suspended,
}

/// <summary>Judges a variant by what the replicas say.</summary>
internal static class PhaseRules
{
    /// <param name="version">The version that is wanted; 0 for a server outside.</param>
    /// <param name="assigned">Replicas that are alive and are to hold it.</param>
    /// <param name="states">What replicas that are alive say of the variant.</param>
    public static Phase Of(int version, long generation, int? replicas, int assigned, IReadOnlyCollection<ReplicaState> states)
    {
        var wanted = states.Where(state => state.Version == version).ToList();
        var served = wanted.Where(IsServing).ToList();
        var failed = wanted.Exists(state => IsFailed(state) && state.Generation >= generation);
        if (failed || served.Any(state => Is(state, ServingState.Degraded)))
            return states.Any(IsServing) ? Phase.Degraded : wanted.Any(IsUnderWay) ? Phase.Progressing : Phase.Failed;
        if (served.Count > 0)
        {
            var settled = served.Count >= Math.Max(replicas ?? 1, assigned) && !wanted.Any(IsUnderWay) && served.All(state => state.Generation >= generation);
            return settled ? Phase.Ready : Phase.Progressing;
        }

        // What failed before the change that is wanted now is tried again, or found to be as it was.
        return wanted.Exists(state => IsFailed(state) || (IsUnderWay(state) && !Is(state, ServingState.Pending))) || states.Any(IsServing) ? Phase.Progressing : Phase.Pending;
    }

    /// <summary>The phase of the whole: the worst, except that what waits beside something that works is on its way.</summary>
    public static Phase Of(IReadOnlyCollection<Phase> variants) =>
        variants.Max() is Phase.Pending && variants.Contains(Phase.Ready) ? Phase.Progressing : variants.Max();

    /// <summary>Requests to it are answered; what was idle is loaded by the next one.</summary>
    public static bool IsServing(ReplicaState state) => Is(state, ServingState.Ready) || Is(state, ServingState.Degraded) || Is(state, ServingState.Unloaded);

    public static bool IsFailed(ReplicaState state) => Is(state, ServingState.Failed) || Is(state, ServingState.Quarantined);

    private static bool IsUnderWay(ReplicaState state) => Is(state, ServingState.Pending) || Is(state, ServingState.Downloading)
        || Is(state, ServingState.Loading) || Is(state, ServingState.Warming);

    private static bool Is(ReplicaState state, ServingState which) => state.State == which.ToString();
}
