using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Webhooks.Deliveries;

/// <summary>
/// <c>POST /api/v1/registry/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver</c>: sends the same body once more, as a
/// delivery of its own, since receivers rightly ignore an id that they have seen.
/// </summary>
internal static class Redeliver
{
    public static async Task<Accepted<DeliveryView>> Handle(
        string webhookId, string deliveryId, HttpContext http, RegistryDb db, WebhookSignal signal, WorkspaceProjection<RegistryDb> workspaces,
        TimeProvider clock, CancellationToken ct)
    {
        var workspaceId = await workspaces.ResolveAsync(http);
        var again = await db.WriteAsync(async token =>
        {
            var webhook = await db.FindWebhookAsync(workspaceId, webhookId, token) ?? throw DeliveryView.NoWebhook(webhookId);
            if (webhook.Status != Webhook.Active)
                throw PlaneError.Conflict("webhook_disabled", "The webhook is disabled; nothing is sent to it.").ToException();
            var first = await db.Deliveries.SingleOrDefaultAsync(row => row.WebhookId == webhookId && row.DeliveryId == deliveryId, token)
                ?? throw PlaneError.NotFound("delivery_not_found", $"The webhook has no delivery '{deliveryId}'.").ToException();
            if (first.Status == WebhookDelivery.Waiting)
                throw PlaneError.Conflict("delivery_waiting", "The delivery has not come to its end; it is attempted again by itself.").ToException();
            var delivery = WebhookDelivery.Due(webhookId, first.Event, first.Payload, clock.NowMicroseconds(), clock);
            db.Deliveries.Add(delivery);
            return delivery;
        }, ct);
        signal.Wake();
        return TypedResults.Accepted((string?)null, DeliveryView.Of(again));
    }
}
