using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Webhooks.Deliveries;

/// <summary>A delivery as the log shows it.</summary>
/// <param name="Status"><c>waiting</c>, <c>delivered</c> or <c>failed</c>.</param>
/// <param name="Attempts">Attempts that were begun.</param>
/// <param name="ResponseStatus">HTTP status of the last answer; null when there was none.</param>
/// <param name="Error">Why the last attempt failed.</param>
/// <param name="NextAttemptAt">When it is attempted again, if it waits; while an attempt is under way, when that one counts as lost.</param>
public sealed record DeliveryView(
    string DeliveryId, string Event, string Status, int Attempts, int? ResponseStatus, string? Error, DateTimeOffset CreatedAt,
    DateTimeOffset? LastAttemptAt, DateTimeOffset? FinishedAt, DateTimeOffset? NextAttemptAt)
{
    internal static DeliveryView Of(WebhookDelivery row) => new(
        row.DeliveryId, row.Event, row.Status, row.Attempts, row.ResponseStatus, row.Error, Instant.ToDateTime(row.CreatedAt), At(row.AttemptedAt),
        At(row.FinishedAt), At(row.DueAt));

    /// <summary>404 in this product's own shape.</summary>
    internal static PlaneException NoWebhook(string webhookId) =>
        PlaneError.NotFound("webhook_not_found", $"There is no webhook '{webhookId}'.").ToException();

    private static DateTimeOffset? At(long? microseconds) => microseconds is { } at ? Instant.ToDateTime(at) : null;
}
