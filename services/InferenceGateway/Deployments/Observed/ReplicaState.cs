namespace MlopsPlane.InferenceGateway.Deployments.Observed;

/// <summary>A process that serves deployments.</summary>
public sealed class Replica
{
    public required string ReplicaId { get; init; }

    /// <summary>What people call it; deployments are pinned to names.</summary>
    public required string Name { get; set; }

    /// <summary>Where the other replicas reach it over HTTP; empty while it does not listen.</summary>
    public required string Url { get; set; }

    /// <summary>The same over gRPC; null where it speaks none.</summary>
    public string? GrpcUrl { get; set; }

    public required string Pool { get; set; }

    /// <summary>What can run models here, with commas between.</summary>
    public required string Providers { get; set; }

    /// <summary>Memory that its models may take together; null when it is not known.</summary>
    public long? MemoryBudgetBytes { get; set; }

    /// <summary>Memory that its models take now.</summary>
    public long MemoryUsedBytes { get; set; }

    /// <summary>The leader has given it what it should hold; before that it does not know what it lacks.</summary>
    public bool Planned { get; set; }

    /// <summary>The batch of usage that it stored last.</summary>
    public Guid? UsageBatch { get; set; }

    /// <summary>When it reported last. Microseconds since 1970 UTC.</summary>
    public long HeartbeatAt { get; set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long StartedAt { get; set; }
}

/// <summary>What a replica says of one version of one variant.</summary>
public sealed class ReplicaState
{
    public required string ReplicaId { get; init; }

    public long DeploymentKey { get; init; }

    public required string Variant { get; init; }

    /// <summary>0 for a server outside.</summary>
    public int Version { get; init; }

    /// <summary>Of the deployment, as the replica has seen it.</summary>
    public long Generation { get; set; }

    /// <summary>One of <see cref="ServingState"/>.</summary>
    public required string State { get; set; }

    public string? Reason { get; set; }

    /// <summary>What runs the model's operators.</summary>
    public string? Provider { get; set; }

    /// <summary>Why it is not the provider that was asked for.</summary>
    public string? FallbackReason { get; set; }

    public long? MemoryBytes { get; set; }

    /// <summary>Of a download, 0 to 1.</summary>
    public double? Progress { get; set; }

    /// <summary>
    /// When the last request came, to some ten seconds; of deployments that are unloaded when they are idle only. Microseconds
    /// since 1970 UTC.
    /// </summary>
    public long? LastUsedAt { get; set; }

    /// <summary>When one of these changed last. Microseconds since 1970 UTC.</summary>
    public long UpdatedAt { get; set; }
}
