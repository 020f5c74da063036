namespace MlopsPlane.InferenceGateway.Deployments.Observed;

/// <summary>Where replicas tell what they do.</summary>
internal interface IObservedState
{
    /// <summary>
    /// Replaces all that is known of a replica, and counts as its sign of life. What has become ready or failed is an event of
    /// the deployment too. Of two that tell of the same version the first counts.
    /// </summary>
    /// <returns>Whether the leader has given the replica what it should hold.</returns>
    Task<bool> ReportAsync(ReplicaReport replica, IReadOnlyList<ObservedVariant> variants, CancellationToken ct);

    /// <summary>The replica stops and counts as silent from now on; its next report brings it back.</summary>
    Task LeaveAsync(string replica, CancellationToken ct);
}

/// <param name="Id">Unique among the replicas, and the same for as long as the process lives at least.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Url">Where the other replicas reach it over HTTP.</param>
/// <param name="Providers">What can run models here: cpu, cuda, ...</param>
/// <param name="MemoryBudgetBytes">Memory that models may take together; null when it is not known.</param>
/// <param name="MemoryUsedBytes">Memory that models take now.</param>
internal sealed record ReplicaReport(
    string Id, string Name, string Url, string? GrpcUrl, string Pool, IReadOnlyList<string> Providers, long? MemoryBudgetBytes, long MemoryUsedBytes,
    DateTimeOffset StartedAt);

/// <param name="Version">Null for a server outside.</param>
/// <param name="Generation">Of the deployment, as the replica has seen it.</param>
/// <param name="Reason">Why it is in this state, for people; null where the state says all.</param>
/// <param name="Progress">Of a download, 0 to 1.</param>
/// <param name="LastUsedAt">When the last request came, roughly; null where nobody needs to know. Microseconds since 1970 UTC.</param>
internal sealed record ObservedVariant(
    long DeploymentKey, string Variant, int? Version, long Generation, ServingState State, string? Reason = null, string? Provider = null,
    string? FallbackReason = null, long? MemoryBytes = null, double? Progress = null, long? LastUsedAt = null);
