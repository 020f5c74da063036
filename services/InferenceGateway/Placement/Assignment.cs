namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>A deployment that a replica holds, or is to hold.</summary>
public sealed class Assignment
{
    public long DeploymentKey { get; init; }

    public required string ReplicaId { get; init; }

    /// <summary>Why it is this replica, for people.</summary>
    public required string Reason { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long AssignedAt { get; init; }

    /// <summary>
    /// When another deployment needed its memory: it is unloaded there unless a request has come since, and the next request
    /// loads it again. Microseconds since 1970 UTC.
    /// </summary>
    public long? EvictedAt { get; set; }
}
