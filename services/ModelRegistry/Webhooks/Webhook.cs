namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>An address that is told of a workspace's changes.</summary>
public sealed class Webhook
{
    public const string Active = "ACTIVE";
    public const string Disabled = "DISABLED";

    /// <summary>It is gone for its users; its deliveries and its row are removed in the background.</summary>
    public const string Deleted = "DELETED";

    /// <summary>Between the names of <see cref="Events"/>.</summary>
    public const char EventSeparator = ',';

    /// <summary>A UUID in its usual form.</summary>
    public required string WebhookId { get; init; }

    public int WorkspaceId { get; init; }

    public required string Name { get; set; }

    public string? Description { get; set; }

    public required string Url { get; set; }

    /// <summary>The names <c>entity.action</c> that it fires on, in the order in which they were given.</summary>
    public required string Events { get; set; }

    /// <summary>Whether MLflow knows at least one of the events.</summary>
    public bool HasMlflowEvents { get; set; }

    /// <summary><see cref="Active"/>, <see cref="Disabled"/> or <see cref="Deleted"/>.</summary>
    public required string Status { get; set; }

    /// <summary>The key of its signatures, encrypted; null when deliveries are not signed.</summary>
    public byte[]? Secret { get; set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    /// <inheritdoc cref="CreatedAt"/>
    public long UpdatedAt { get; set; }

    /// <summary>Attempts that failed since one succeeded.</summary>
    public int ConsecutiveFailures { get; private set; }

    /// <inheritdoc cref="CreatedAt"/>
    public long? LastSuccessAt { get; private set; }
}
