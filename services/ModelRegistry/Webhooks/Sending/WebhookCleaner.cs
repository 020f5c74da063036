using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>Ends what has waited too long and removes what is over, in transactions short enough that nobody waits for them.</summary>
internal sealed class WebhookCleaner(RegistryDb db, IOptions<WebhookOptions> options, TimeProvider clock)
{
    private const int AtOnce = 500;

    public async Task CleanAsync(CancellationToken ct)
    {
        var now = clock.NowMicroseconds();
        var before = now - (long)(TimeSpan.FromDays(options.Value.RetentionDays).TotalMilliseconds * 1000);
        var error = $"It waited longer than {options.Value.RetentionDays} days.";
        // A lease that runs is left alone: due is what has no attempt under way.
        await InBatchesAsync(
            db.Deliveries.Where(row => row.DueAt != null && row.DueAt <= now && row.CreatedAt < before),
            (rows, token) => rows.ExecuteUpdateAsync(set => set.SetProperty(row => row.Status, WebhookDelivery.Failed)
                .SetProperty(row => row.DueAt, (long?)null).SetProperty(row => row.FinishedAt, now).SetProperty(row => row.Error, error), token), ct);
        await InBatchesAsync(
            db.Deliveries.Where(row => row.FinishedAt != null && row.FinishedAt < before), (rows, token) => rows.ExecuteDeleteAsync(token), ct);
        var gone = db.Webhooks.Where(webhook => webhook.Status == Webhook.Deleted);
        await InBatchesAsync(
            db.Deliveries.Where(row => gone.Any(webhook => webhook.WebhookId == row.WebhookId)), (rows, token) => rows.ExecuteDeleteAsync(token), ct);
        await db.WriteAsync(token => gone.ExecuteDeleteAsync(token), ct);
    }

    public async Task<WebhookMetrics.Depth> MeasureAsync(CancellationToken ct)
    {
        var waiting = db.Deliveries.Where(row => row.DueAt != null);
        var count = await waiting.LongCountAsync(ct);
        var oldest = count == 0 ? null : await waiting.MinAsync(row => (long?)row.CreatedAt, ct);
        var failing = await db.Webhooks.LongCountAsync(webhook => webhook.Status == Webhook.Active && webhook.ConsecutiveFailures > 0, ct);
        return new(count, oldest is { } since ? Math.Max(0, clock.NowMicroseconds() - since) / 1e6 : 0, failing);
    }

    private async Task InBatchesAsync(
        IQueryable<WebhookDelivery> over, Func<IQueryable<WebhookDelivery>, CancellationToken, Task<int>> end, CancellationToken ct)
    {
        List<long> batch;
        do
        {
            batch = await over.OrderBy(row => row.Position).Take(AtOnce).Select(row => row.Position).ToListAsync(ct);
            var rows = db.Deliveries.Where(row => batch.Contains(row.Position));
            if (batch.Count > 0)
                await db.WriteAsync(token => end(rows, token), ct);
        }
        while (batch.Count == AtOnce);
    }
}
