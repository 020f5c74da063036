using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Webhooks.Deliveries;
using MlopsPlane.ModelRegistry.Webhooks.Sending;

namespace MlopsPlane.ModelRegistry.Webhooks.Events;

/// <summary>
/// Writes down what the workspace's webhooks are to be sent, in the transaction of the change itself. Without webhooks that
/// is one look into an index, once a transaction. Of one request: when that ends, the sender is woken.
/// </summary>
internal sealed class WebhookOutbox(RegistryDb db, WebhookSignal signal, TimeProvider clock) : IDisposable
{
    private Guid transaction;
    private List<Subscription> subscriptions = [];
    private bool recorded;
    private bool muted;

    /// <summary>Lets nothing be sent of what this request does: an import tells what happened elsewhere, long ago.</summary>
    public void Mute() => muted = true;

    public async Task RecordAsync(WebhookOccasion occasion, WebhookSubject subject, Action<Utf8JsonWriter> data, CancellationToken ct)
    {
        if (muted)
            return;
        var known = await SubscriptionsAsync(subject.WorkspaceId, ct);
        if (!known.Exists(one => one.Wants(occasion.OfModel) || one.Wants(occasion.OfPrompt)))
            return;
        var isPrompt = subject.IsPrompt ?? await db.ModelTags.AnyAsync(tag => tag.ModelKey == subject.ModelKey && tag.Key == TagRules.IsPrompt, ct);
        if (occasion.Of(isPrompt) is not { } happened)
            return;
        var now = clock.NowMicroseconds();
        string? payload = null;
        foreach (var subscription in known.Where(one => one.Wants(happened)))
        {
            payload ??= WebhookPayload.Render(happened, subject.Workspace, Instant.ToDateTime(now), data);
            db.Deliveries.Add(WebhookDelivery.Due(subscription.WebhookId, happened.Name, payload, now, clock));
            recorded = true;
        }
    }

    public void Dispose()
    {
        if (recorded)
            signal.Wake();
    }

    /// <summary>What is asked for in the workspace, as this transaction sees it: a change of many versions reads it once.</summary>
    private async Task<List<Subscription>> SubscriptionsAsync(int workspaceId, CancellationToken ct)
    {
        var current = db.Database.CurrentTransaction?.TransactionId
            ?? throw new InvalidOperationException("A webhook fires inside the transaction of the change that it tells of.");
        if (transaction == current)
            return subscriptions;
        subscriptions = await db.Webhooks.Where(webhook => webhook.WorkspaceId == workspaceId && webhook.Status == Webhook.Active)
            .Select(webhook => new Subscription(webhook.WebhookId, webhook.Events)).ToListAsync(ct);
        transaction = current;
        return subscriptions;
    }

    private sealed class Subscription(string webhookId, string events)
    {
        private readonly string[] events = events.Split(Webhook.EventSeparator);

        public string WebhookId { get; } = webhookId;

        public bool Wants(WebhookEvent? happened) => happened is not null && events.Contains(happened.Name, StringComparer.Ordinal);
    }
}

/// <summary>Whom a change concerns.</summary>
/// <param name="IsPrompt">Null when the database must be asked.</param>
internal sealed record WebhookSubject(int WorkspaceId, string Workspace, long ModelKey, bool? IsPrompt = null);
