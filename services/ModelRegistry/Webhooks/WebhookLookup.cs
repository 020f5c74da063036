using Microsoft.EntityFrameworkCore;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class WebhookLookup
{
    /// <summary>The webhook of this id in the workspace; null when there is none.</summary>
    public static Task<Webhook?> FindWebhookAsync(this RegistryDb db, int workspaceId, string webhookId, CancellationToken ct) =>
        db.Webhooks.SingleOrDefaultAsync(row => row.WebhookId == webhookId && row.WorkspaceId == workspaceId && row.Status != Webhook.Deleted, ct);

    /// <inheritdoc cref="FindWebhookAsync"/>
    /// <exception cref="Primitives.PlaneException">404: there is none; 400: there is, but this reader cannot be shown it.</exception>
    public static async Task<Webhook> GetWebhookAsync(this RegistryDb db, int workspaceId, string webhookId, WebhookReader reader, CancellationToken ct)
    {
        var webhook = await db.FindWebhookAsync(workspaceId, webhookId, ct) ?? throw NotFound(webhookId);
        return reader.Sees(webhook)
            ? webhook
            : throw MlflowErrors.Invalid($"Webhook with ID {webhookId} fires only on events that MLflow does not have. Its client can delete it; use plain REST for the rest.");
    }

    public static Exception NotFound(string webhookId) => MlflowErrors.Missing($"Webhook with ID {webhookId} not found.");
}
