using Microsoft.EntityFrameworkCore;
using MlopsPlane.Mlflow.Rules;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>
/// Takes deliveries for an attempt and writes down what came of it. A taken delivery is due again when its lease ends, so
/// one whose process died is attempted by another; the number of the attempt keeps the dead one's late word out.
/// </summary>
internal sealed class DeliveryClaims(RegistryDb db, RegistryStatements statements, TimeProvider clock)
{
    // {0} now, {1} end of the lease, {2} webhook, {3} how many.
    private readonly string take = $$"""
        UPDATE webhook_deliveries SET attempts = attempts + 1, attempted_at = {0}, due_at = {1}
        WHERE position IN (
            SELECT position FROM webhook_deliveries WHERE webhook_id = {2} AND due_at IS NOT NULL AND due_at <= {0}
            ORDER BY due_at, position LIMIT {3}{{statements.SkipLocked}})
        RETURNING position AS "Position", delivery_id AS "DeliveryId", payload AS "Payload", attempts AS "Attempts"
        """;

    /// <summary>Webhooks with something due, in the order of their ids from <paramref name="after"/> on.</summary>
    /// <param name="busy">Webhooks to leave out.</param>
    /// <param name="full">Workspaces to leave out.</param>
    public Task<List<DueWebhook>> DueAsync(string after, ICollection<string> busy, ICollection<int> full, int atMost, CancellationToken ct)
    {
        var now = clock.NowMicroseconds();
        return db.Webhooks.Where(webhook => webhook.Status == Webhook.Active && string.Compare(webhook.WebhookId, after) > 0
                && !busy.Contains(webhook.WebhookId) && !full.Contains(webhook.WorkspaceId)
                && db.Deliveries.Any(delivery => delivery.WebhookId == webhook.WebhookId && delivery.DueAt != null && delivery.DueAt <= now))
            .OrderBy(webhook => webhook.WebhookId).Take(atMost).Select(webhook => new DueWebhook(webhook.WebhookId, webhook.WorkspaceId)).ToListAsync(ct);
    }

    /// <summary>Takes those of a webhook's deliveries that have been due for longest and that nobody else is taking at this moment.</summary>
    public Task<List<Claim>> TakeAsync(string webhookId, int atMost, TimeSpan lease, CancellationToken ct) => db.WriteAsync(token =>
    {
        var now = clock.NowMicroseconds();
        return db.Database.SqlQueryRaw<Claim>(take, now, now + Microseconds(lease), webhookId, atMost).ToListAsync(token);
    }, ct);

    /// <summary>Puts a delivery back as if it had not been taken.</summary>
    public Task PutBackAsync(Claim claim, CancellationToken ct) => db.WriteAsync(token => Mine(claim).ExecuteUpdateAsync(set => set
        .SetProperty(row => row.Attempts, row => row.Attempts - 1).SetProperty(row => row.DueAt, clock.NowMicroseconds()), token), ct);

    /// <summary>The delivery came to its end.</summary>
    public Task FinishAsync(string webhookId, Claim claim, string status, SendResult result, CancellationToken ct) =>
        db.WriteAsync(async token =>
        {
            var now = clock.NowMicroseconds();
            var error = ErrorOf(result);
            var mine = await Mine(claim).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.Status, status).SetProperty(row => row.DueAt, (long?)null).SetProperty(row => row.FinishedAt, now)
                .SetProperty(row => row.ResponseStatus, result.Status).SetProperty(row => row.Error, error), token);
            if (mine == 1)
                await NoteAsync(webhookId, result.IsSuccess, now, token);
        }, ct);

    /// <summary>The delivery is to be attempted again after <paramref name="wait"/>.</summary>
    public Task RepeatAsync(string webhookId, Claim claim, TimeSpan wait, SendResult result, CancellationToken ct) =>
        db.WriteAsync(async token =>
        {
            var now = clock.NowMicroseconds();
            var (due, error) = (now + Microseconds(wait), ErrorOf(result));
            var mine = await Mine(claim).ExecuteUpdateAsync(set => set
                .SetProperty(row => row.DueAt, due).SetProperty(row => row.ResponseStatus, result.Status).SetProperty(row => row.Error, error), token);
            if (mine == 1)
                await NoteAsync(webhookId, succeeded: false, now, token);
        }, ct);

    private Task<int> NoteAsync(string webhookId, bool succeeded, long now, CancellationToken ct)
    {
        var webhook = db.Webhooks.Where(row => row.WebhookId == webhookId);
        return succeeded
            ? webhook.ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsecutiveFailures, 0).SetProperty(row => row.LastSuccessAt, now), ct)
            : webhook.ExecuteUpdateAsync(set => set.SetProperty(row => row.ConsecutiveFailures, row => row.ConsecutiveFailures + 1), ct);
    }

    private IQueryable<WebhookDelivery> Mine(Claim claim) => db.Deliveries.Where(row =>
        row.Position == claim.Position && row.Attempts == claim.Attempts && row.Status == WebhookDelivery.Waiting);

    private static string? ErrorOf(SendResult result)
    {
        if (result.IsSuccess)
            return null;
        var text = result.Error ?? $"The receiver answered {result.Status}: {result.Body}";
        return KeyRules.Truncate(text, WebhookDelivery.MaxErrorLength);
    }

    private static long Microseconds(TimeSpan span) => (long)(span.TotalMilliseconds * 1000);
}

internal sealed record DueWebhook(string WebhookId, int WorkspaceId);

/// <param name="Attempts">Which attempt this is, from 1 on.</param>
internal sealed record Claim(long Position, string DeliveryId, string Payload, int Attempts);
