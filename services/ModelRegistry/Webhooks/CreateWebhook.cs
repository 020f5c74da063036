using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.ModelRegistry.Webhooks.Secrets;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class CreateWebhook
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("url", Check.Required, Check.String),
        Field.Messages("events", WebhookEventMessage.Schema, Check.Required, Check.Array),
        Field.String("description", Check.String),
        Field.String("secret", Check.String),
        Field.Enum("status", WebhookRules.Status, Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WebhookUrl urls, WebhookSecrets secrets, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = WebhookRules.CheckName(request.String("name")!);
        var url = request.String("url")!;
        urls.Check(url);
        var events = WebhookRules.CheckEvents(request);
        var description = WebhookRules.CheckDescription(request.String("description") ?? "");
        var secret = WebhookRules.CheckSecret(request.String("secret") ?? "");
        var workspaceId = await workspaces.ResolveAsync(http);
        var (id, now) = (Guid.CreateVersion7(clock.GetUtcNow()).ToString(), clock.NowMicroseconds());
        var sealedSecret = secret.Length == 0 ? null : secrets.Protect(id, secret);
        var created = await db.WriteAsync(async token =>
        {
            if (await db.Webhooks.CountAsync(row => row.WorkspaceId == workspaceId && row.Status != Webhook.Deleted, token) >= WebhookRules.MaxWebhooks)
                throw MlflowErrors.Invalid($"A workspace has at most {WebhookRules.MaxWebhooks} webhooks.");
            var webhook = new Webhook
            {
                WebhookId = id,
                WorkspaceId = workspaceId,
                Name = name,
                Description = description.Length == 0 ? null : description,
                Url = url,
                Events = "",
                Status = request.Enum("status", WebhookRules.Status) ?? Webhook.Active,
                Secret = sealedSecret,
                CreatedAt = now,
                UpdatedAt = now,
            };
            webhook.SetEvents(events);
            db.Webhooks.Add(webhook);
            return webhook;
        }, ct);
        await WebhookJson.WriteAsync(http, created, WebhookReader.Of(http));
    }
}
