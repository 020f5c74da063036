namespace MlopsPlane.ModelRegistry.Webhooks.Sending;

/// <summary>
/// Counts the attempts under way, in all, by webhook and by workspace, so that slow receivers of one webhook or one
/// workspace leave room for the others.
/// </summary>
internal sealed class DeliverySlots(int total, int perWebhook)
{
    private readonly Lock guard = new();
    private readonly Dictionary<string, int> webhooks = new(StringComparer.Ordinal);
    private readonly Dictionary<int, int> workspaces = [];
    private int taken;

    public int Free
    {
        get
        {
            lock (guard)
                return total - taken;
        }
    }

    /// <summary>Webhooks that have as many as they may.</summary>
    public List<string> BusyWebhooks()
    {
        lock (guard)
            return [.. webhooks.Where(pair => pair.Value >= perWebhook).Select(pair => pair.Key)];
    }

    /// <summary>Workspaces that have as many as they may.</summary>
    public List<int> FullWorkspaces()
    {
        lock (guard)
            return [.. workspaces.Where(pair => pair.Value >= total / 2).Select(pair => pair.Key)];
    }

    /// <summary>How many more the webhook may have now.</summary>
    public int RoomFor(DueWebhook webhook)
    {
        lock (guard)
            return Math.Max(0, Math.Min(
                Math.Min(total - taken, (total / 2) - workspaces.GetValueOrDefault(webhook.WorkspaceId)), perWebhook - webhooks.GetValueOrDefault(webhook.WebhookId)));
    }

    public void Take(DueWebhook webhook) => Add(webhook, 1);

    public void Release(DueWebhook webhook) => Add(webhook, -1);

    private void Add(DueWebhook webhook, int change)
    {
        lock (guard)
        {
            taken += change;
            if ((webhooks[webhook.WebhookId] = webhooks.GetValueOrDefault(webhook.WebhookId) + change) == 0)
                webhooks.Remove(webhook.WebhookId);
            if ((workspaces[webhook.WorkspaceId] = workspaces.GetValueOrDefault(webhook.WorkspaceId) + change) == 0)
                workspaces.Remove(webhook.WorkspaceId);
        }
    }
}
