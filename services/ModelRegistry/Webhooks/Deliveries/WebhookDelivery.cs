namespace MlopsPlane.ModelRegistry.Webhooks.Deliveries;

/// <summary>One thing that one webhook is to be told, and what came of it.</summary>
public sealed class WebhookDelivery
{
    public const string Waiting = "waiting";
    public const string Delivered = "delivered";
    public const string Failed = "failed";

    /// <summary>Longest text of <see cref="Error"/> in characters.</summary>
    public const int MaxErrorLength = 1000;

    /// <summary>Order of insertion, given by the database.</summary>
    public long Position { get; private set; }

    /// <summary>A UUID, the same in every attempt.</summary>
    public required string DeliveryId { get; init; }

    public required string WebhookId { get; init; }

    /// <summary><c>entity.action</c>.</summary>
    public required string Event { get; init; }

    /// <summary>The body, the same in every attempt.</summary>
    public required string Payload { get; init; }

    /// <summary><see cref="Waiting"/>, or its end: <see cref="Delivered"/> or <see cref="Failed"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Attempts that were begun. What comes of one is written down only while no later one was begun.</summary>
    public int Attempts { get; private set; }

    /// <summary>When the next attempt may begin, or when the one under way counts as lost; null at its end. Microseconds since 1970 UTC.</summary>
    public long? DueAt { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long CreatedAt { get; init; }

    /// <summary>When the last attempt began; microseconds since 1970 UTC.</summary>
    public long? AttemptedAt { get; private set; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long? FinishedAt { get; private set; }

    /// <summary>HTTP status of the last answer; null when there was none.</summary>
    public int? ResponseStatus { get; private set; }

    /// <summary>Why the last attempt failed.</summary>
    public string? Error { get; private set; }

    /// <summary>A delivery whose first attempt is due.</summary>
    public static WebhookDelivery Due(string webhookId, string webhookEvent, string payload, long now, TimeProvider clock) => new()
    {
        DeliveryId = Guid.CreateVersion7(clock.GetUtcNow()).ToString(),
        WebhookId = webhookId,
        Event = webhookEvent,
        Payload = payload,
        Status = Waiting,
        DueAt = now,
        CreatedAt = now,
    };
}
