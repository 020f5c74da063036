namespace MlopsPlane.InferenceGateway.Deployments.Observed;

/// <summary>How far a replica is with a version.</summary>
internal enum ServingState
{
    /// <summary>It waits, for memory or for its turn; the reason says for what.</summary>
    Pending,
    Downloading,
    Loading,
    Warming,
    Ready,

    /// <summary>It answers, but not as it was asked to; the reason says how.</summary>
    Degraded,

    /// <summary>It cannot be served; the reason says why.</summary>
    Failed,

    /// <summary>It finishes what it has and takes nothing new.</summary>
    Draining,

    /// <summary>It was idle, and is loaded again by the next request.</summary>
    Unloaded,

    /// <summary>It was loading or running when the process died, more than once; somebody must clear it.</summary>
    Quarantined,
}
