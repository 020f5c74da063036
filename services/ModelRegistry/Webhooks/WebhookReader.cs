using Microsoft.AspNetCore.Http;
using MlopsPlane.ModelRegistry.Webhooks.Events;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>
/// Who reads an answer about webhooks. MLflow's own client fails at an event that it does not know, and so would every list
/// with such a webhook in it; it is shown MLflow's events only, everybody else all.
/// </summary>
internal readonly record struct WebhookReader(bool KnowsOwnEvents)
{
    private const string MlflowClient = "mlflow-python-client/";

    public static WebhookReader Of(HttpContext http) =>
        new(!http.Request.Headers.UserAgent.ToString().StartsWith(MlflowClient, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether the webhook can be shown.</summary>
    public bool Sees(Webhook webhook) => KnowsOwnEvents || webhook.HasMlflowEvents;

    public IEnumerable<WebhookEvent> EventsOf(Webhook webhook)
    {
        foreach (var name in webhook.Events.Split(Webhook.EventSeparator))
        {
            if (WebhookEvents.Find(name) is { } known && (KnowsOwnEvents || !known.IsOwn))
                yield return known;
        }
    }
}
