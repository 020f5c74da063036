using System.Text.Json;
using Microsoft.AspNetCore.Http;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Webhooks;

/// <summary>A webhook as MLflow shows it: everything but its secret.</summary>
internal static class WebhookJson
{
    public static Task WriteAsync(HttpContext http, Webhook webhook, WebhookReader reader) =>
        MlflowResponse.WriteAsync(http, (webhook, reader), static (writer, answer) =>
        {
            writer.WritePropertyName("webhook");
            Write(writer, answer.webhook, answer.reader);
        });

    public static void Write(Utf8JsonWriter writer, Webhook webhook, WebhookReader reader)
    {
        writer.WriteStartObject();
        writer.WriteString("webhook_id", webhook.WebhookId);
        writer.WriteString("name", webhook.Name);
        writer.WriteOptional("description", webhook.Description);
        writer.WriteString("url", webhook.Url);
        writer.WriteStartArray("events");
        foreach (var one in reader.EventsOf(webhook))
        {
            writer.WriteStartObject();
            writer.WriteString("entity", one.Entity.ToUpperInvariant());
            writer.WriteString("action", one.Action.ToUpperInvariant());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("status", webhook.Status);
        writer.WriteNumber("creation_timestamp", Instant.ToMilliseconds(webhook.CreatedAt));
        writer.WriteNumber("last_updated_timestamp", Instant.ToMilliseconds(webhook.UpdatedAt));
        writer.WriteEndObject();
    }
}
