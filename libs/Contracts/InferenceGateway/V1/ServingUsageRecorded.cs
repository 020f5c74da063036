namespace MlopsPlane.Contracts.InferenceGateway.V1;

/// <summary>What one variant used on one replica in about a minute. Each request is in one of them.</summary>
/// <param name="Workspace">Name of the workspace.</param>
/// <param name="Deployment">Name of the deployment.</param>
/// <param name="Variant">Name of the variant.</param>
/// <param name="Model">Name of the registered model, or what a server outside calls its own.</param>
/// <param name="Version">Number of its version; 0 for a server outside.</param>
/// <param name="Shadow">Its answers were returned to nobody.</param>
/// <param name="Replica">Id of the replica.</param>
/// <param name="Device">What ran the model: cpu, cuda, external, or another provider's name.</param>
/// <param name="From">Begin of the time, UTC.</param>
/// <param name="To">End of the time, UTC.</param>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="FailedRequests">Requests that failed.</param>
/// <param name="Items">Rows that were answered.</param>
/// <param name="ComputeSeconds">Time of the runs, that of a run with rows of several requests divided among them by rows.</param>
/// <param name="InputBytes">Bytes of the input tensors.</param>
/// <param name="OutputBytes">Bytes of the output tensors.</param>
public sealed record ServingUsageRecorded(
    string Workspace, string Deployment, string Variant, string Model, int Version, bool Shadow, string Replica, string Device, DateTimeOffset From,
    DateTimeOffset To, long Requests, long FailedRequests, long Items, double ComputeSeconds, long InputBytes, long OutputBytes) : IServingUsageEvent
{
    public string Aggregate => $"serving-usage:{Workspace}/{Deployment}";
}
