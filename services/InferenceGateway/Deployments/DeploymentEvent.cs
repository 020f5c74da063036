namespace MlopsPlane.InferenceGateway.Deployments;

/// <summary>
/// Something that happened to a deployment, for people. It outlives the deployment, so it refers to it by value and not
/// by a foreign key.
/// </summary>
public sealed class DeploymentEvent
{
    public const string Info = "info";
    public const string Warning = "warning";
    public const string Error = "error";

    public long EventId { get; private set; }

    public int WorkspaceId { get; init; }

    public long DeploymentKey { get; init; }

    /// <summary>Name of the deployment.</summary>
    public required string Deployment { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long At { get; init; }

    /// <summary>A word such as <c>alias-moved</c>.</summary>
    public required string Type { get; init; }

    /// <summary><see cref="Info"/>, <see cref="Warning"/> or <see cref="Error"/>.</summary>
    public required string Severity { get; init; }

    public required string Message { get; init; }

    /// <summary>The replica that it happened on; null for what holds for all.</summary>
    public string? Replica { get; init; }

    public string? Actor { get; init; }
}
