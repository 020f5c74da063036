using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>Ends a webhook at once, its secret with it; its deliveries, which may be many, are removed in the background.</summary>
internal static class DeleteWebhook
{
    public static async Task Handle(HttpContext http, string webhookId, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var workspaceId = await workspaces.ResolveAsync(http);
        var ended = await db.WriteAsync(
            token => db.Webhooks.Where(row => row.WebhookId == webhookId && row.WorkspaceId == workspaceId && row.Status != Webhook.Deleted)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, Webhook.Deleted).SetProperty(row => row.Secret, (byte[]?)null)
                    .SetProperty(row => row.UpdatedAt, clock.NowMicroseconds()), token), ct);
        if (ended == 0)
            throw WebhookLookup.NotFound(webhookId);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
