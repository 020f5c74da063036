using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Webhooks.Deliveries;

/// <summary>
/// <c>GET /api/v1/registry/webhooks/{webhookId}/deliveries</c>: what the webhook was sent and what came of it, newest first,
/// and whether its receiver has been failing.
/// </summary>
internal static class ListDeliveries
{
    /// <param name="ConsecutiveFailures">Attempts that failed since one succeeded.</param>
    public sealed record Response(
        int ConsecutiveFailures, DateTimeOffset? LastSuccessAt, IReadOnlyList<DeliveryView> Deliveries, string? NextPageToken);

    public static async Task<Ok<Response>> Handle(
        string webhookId, string? status, int? limit, string? pageToken, HttpContext http, RegistryDb db,
        WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var (take, before) = (Paging.Limit(limit), Paging.Before(pageToken));
        if (status is not (null or WebhookDelivery.Waiting or WebhookDelivery.Delivered or WebhookDelivery.Failed))
            throw PlaneError.Invalid("invalid_status", "'status' must be 'waiting', 'delivered' or 'failed'.").ToException();
        var webhook = await db.FindWebhookAsync(await workspaces.ResolveAsync(http), webhookId, ct) ?? throw DeliveryView.NoWebhook(webhookId);
        var deliveries = db.Deliveries.AsNoTracking().Where(row => row.WebhookId == webhookId && row.Position < before);
        if (status is not null)
            deliveries = deliveries.Where(row => row.Status == status);
        var page = await deliveries.OrderByDescending(row => row.Position).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(new Response(
            webhook.ConsecutiveFailures,
            webhook.LastSuccessAt is { } at ? Instant.ToDateTime(at) : null,
            [.. page.Take(take).Select(DeliveryView.Of)],
            page.Count > take ? Paging.Token(page[take - 1].Position) : null));
    }
}
