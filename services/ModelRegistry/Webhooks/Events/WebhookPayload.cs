using System.Globalization;
using System.Text;
using System.Text.Json;
using MlopsPlane.Web.Responses;

namespace MlopsPlane.ModelRegistry.Webhooks.Events;

/// <summary>The body that a receiver gets: MLflow's envelope.</summary>
internal static class WebhookPayload
{
    /// <param name="at">When the change was made.</param>
    public static string Render(WebhookEvent webhookEvent, string workspace, DateTimeOffset at, Action<Utf8JsonWriter> data)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonStream.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("entity", webhookEvent.Entity);
            writer.WriteString("action", webhookEvent.Action);
            writer.WriteString("timestamp", at.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture));
            writer.WriteStartObject("data");
            data(writer);
            writer.WriteEndObject();
            writer.WriteString("workspace", workspace);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
