using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.ModelRegistry.Webhooks.Secrets;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>Changes what is given; what is absent or empty stays, as in MLflow.</summary>
internal static class UpdateWebhook
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.String),
        Field.String("description", Check.String),
        Field.String("url", Check.String),
        Field.Messages("events", WebhookEventMessage.Schema, Check.Array),
        Field.String("secret", Check.String),
        Field.Enum("status", WebhookRules.Status, Check.String));

    public static async Task Handle(
        HttpContext http, string webhookId, RegistryDb db, WebhookUrl urls, WebhookSecrets secrets, WebhookSignal signal,
        WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var (name, url) = (Given(request, "name"), Given(request, "url"));
        if (name is not null)
            WebhookRules.CheckName(name);
        if (url is not null)
            urls.Check(url);
        var description = Given(request, "description") is { } text ? WebhookRules.CheckDescription(text) : null;
        var secret = Given(request, "secret") is { } given ? WebhookRules.CheckSecret(given) : null;
        var events = request.Messages("events", WebhookEventMessage.Schema).Count > 0 ? WebhookRules.CheckEvents(request) : null;
        var status = request.Enum("status", WebhookRules.Status);
        var workspaceId = await workspaces.ResolveAsync(http);
        var reader = WebhookReader.Of(http);
        // Answers 404 before a key is made for nothing.
        await db.GetWebhookAsync(workspaceId, webhookId, reader, ct);
        db.ChangeTracker.Clear();
        var sealedSecret = secret is null ? null : secrets.Protect(webhookId, secret);
        var updated = await db.WriteAsync(async token =>
        {
            var webhook = await db.GetWebhookAsync(workspaceId, webhookId, reader, token);
            webhook.Name = name ?? webhook.Name;
            webhook.Url = url ?? webhook.Url;
            webhook.Description = description ?? webhook.Description;
            webhook.Secret = sealedSecret ?? webhook.Secret;
            webhook.Status = status ?? webhook.Status;
            if (events is not null)
                webhook.SetEvents(events);
            webhook.UpdatedAt = clock.NowMicroseconds();
            return webhook;
        }, ct);
        // It may have been enabled, with deliveries waiting.
        signal.Wake();
        await WebhookJson.WriteAsync(http, updated, reader);
    }

    private static string? Given(MlflowMessage request, string field) => request.String(field) is { Length: > 0 } text ? text : null;
}
