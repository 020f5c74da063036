using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>One attempt of one delivery that was taken, from reading the webhook to writing down what came of it.</summary>
internal sealed partial class DeliveryAttempt(
    RegistryDb db, DeliveryClaims claims, WebhookClient client, WebhookMetrics metrics, IOptions<WebhookOptions> options, ILogger<DeliveryAttempt> logger)
{
    public async Task RunAsync(string webhookId, Claim claim, CancellationToken ct)
    {
        var webhook = await db.Webhooks.AsNoTracking().SingleOrDefaultAsync(row => row.WebhookId == webhookId && row.Status != Webhook.Deleted, ct);
        if (webhook is null)
            return;
        if (webhook.Status != Webhook.Active)
        {
            await claims.PutBackAsync(claim, ct);
            return;
        }

        var result = await client.SendAsync(webhook, claim.DeliveryId, claim.Payload, ct);
        // What happened is written down also when the process is stopping.
        if (result.IsSuccess)
        {
            metrics.Count("delivered");
            await claims.FinishAsync(webhookId, claim, WebhookDelivery.Delivered, result, CancellationToken.None);
        }
        else if (result.MayRepeat && claim.Attempts < options.Value.MaxAttempts)
        {
            metrics.Count("repeated");
#pragma warning disable CA5394 // Spreads load; nobody gains by guessing it.
            var wait = RetrySchedule.Wait(claim.Attempts, options.Value.RetrySeconds, result.RetryAfter, Random.Shared.NextDouble());
#pragma warning restore CA5394
            await claims.RepeatAsync(webhookId, claim, wait, result, CancellationToken.None);
        }
        else
        {
            metrics.Count("failed");
            Log.GivenUp(logger, claim.DeliveryId, webhookId, claim.Attempts, result.Status);
            await claims.FinishAsync(webhookId, claim, WebhookDelivery.Failed, result, CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "Delivery {DeliveryId} to webhook {WebhookId} was given up after {Attempts} attempts; last status {Status}")]
        public static partial void GivenUp(ILogger logger, string deliveryId, string webhookId, int attempts, int? status);
    }
}
