namespace MlopsPlane.InferenceGateway.Deployments.Status;

/// <summary>How a deployment is, over all replicas.</summary>
/// <param name="Phase">Pending, Progressing, Ready, Degraded, Failed or Suspended.</param>
/// <param name="Conditions">What people are told about, and can be alerted on.</param>
/// <param name="Variants">Each variant over all replicas.</param>
/// <param name="Placements">The replicas that it is assigned to.</param>
/// <param name="Replicas">What each replica says of each version of each variant.</param>
internal sealed record StatusView(
    string Name, long Generation, string Phase, IReadOnlyList<Condition> Conditions, IReadOnlyList<VariantStatus> Variants, IReadOnlyList<ReplicaStatus> Replicas,
    IReadOnlyList<PlacementView> Placements);

/// <summary>A replica that the deployment is assigned to.</summary>
/// <param name="Name">What people call the replica, and deployments are pinned to.</param>
/// <param name="Reason">Why it is this one.</param>
/// <param name="Silent">It has not reported for 30 s.</param>
internal sealed record PlacementView(string Replica, string Name, string Reason, bool Silent, DateTimeOffset AssignedAt);

/// <param name="Type">Available, Progressing, Placed, Suspended, LoadFailed or RolledBack.</param>
/// <param name="Status">Whether it is so.</param>
/// <param name="Reason">One word for programs.</param>
/// <param name="Message">For people; null where there is nothing to say.</param>
internal sealed record Condition(string Type, bool Status, string Reason, string? Message);

/// <param name="Version">The version that is wanted; null for a server outside.</param>
/// <param name="ReadyReplicas">Replicas that serve this version.</param>
/// <param name="WantedReplicas">How many are asked for; null for all of the pool.</param>
internal sealed record VariantStatus(
    string Name, string? Model, int? Version, int? PreviousVersion, bool RolledBack, int Weight, bool Shadow, string Phase, int ReadyReplicas, int? WantedReplicas);

/// <param name="Silent">The replica has not reported for 30 s: what it says here does not count.</param>
/// <param name="Progress">Of a download, 0 to 1.</param>
internal sealed record ReplicaStatus(
    string Replica, string Variant, int? Version, string State, string? Reason, long Generation, double? Progress, string? Provider, string? FallbackReason,
    long? MemoryBytes, bool Silent, DateTimeOffset UpdatedAt);
