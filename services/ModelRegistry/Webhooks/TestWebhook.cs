using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.ModelRegistry.Webhooks.Sending;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>Sends an example of an event to the webhook, once, while the caller waits; it is no part of the delivery log.</summary>
internal static class TestWebhook
{
    private const int AtOnce = 8;

    internal static readonly MessageSchema Schema = new(Field.Message("event", WebhookEventMessage.Schema));

    private static readonly SemaphoreSlim Turns = new(AtOnce, AtOnce);

    public static async Task Handle(
        HttpContext http, string webhookId, RegistryDb db, WebhookClient client, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var asked = request.Message("event", WebhookEventMessage.Schema) is { } message ? WebhookEventMessage.Read(message, "event") : null;
        var webhook = await db.GetWebhookAsync(await workspaces.ResolveAsync(http), webhookId, new WebhookReader(KnowsOwnEvents: true), ct);
        var tested = asked ?? WebhookEvents.Find(webhook.Events.Split(Webhook.EventSeparator)[0])!;
        var payload = WebhookPayload.Render(tested, http.Workspace(), clock.GetUtcNow(), WebhookData.Example(tested));
        // Each test holds a request open for as long as its receiver likes.
        if (!await Turns.WaitAsync(TimeSpan.Zero, ct))
            throw new PlaneError(429, "REQUEST_LIMIT_EXCEEDED", $"At most {AtOnce} webhooks are tested at the same time.", RetryAfterSeconds: 1).ToException();
        SendResult result;
        try
        {
            result = await client.SendAsync(webhook, Guid.CreateVersion7(clock.GetUtcNow()).ToString(), payload, ct);
        }
        finally
        {
            Turns.Release();
        }

        await MlflowResponse.WriteAsync(http, result, static (writer, answer) =>
        {
            writer.WriteStartObject("result");
            writer.WriteBoolean("success", answer.IsSuccess);
            writer.WriteOptional("response_status", answer.Status);
            writer.WriteOptional("response_body", answer.Body);
            writer.WriteOptional("error_message", answer.Error is null ? null : $"Failed to test webhook: {answer.Error}");
            writer.WriteEndObject();
        });
    }
}
