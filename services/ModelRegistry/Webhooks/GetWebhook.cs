using Microsoft.AspNetCore.Http;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Webhooks;

internal static class GetWebhook
{
    public static async Task Handle(HttpContext http, string webhookId, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var reader = WebhookReader.Of(http);
        var webhook = await db.GetWebhookAsync(await workspaces.ResolveAsync(http), webhookId, reader, ct);
        await WebhookJson.WriteAsync(http, webhook, reader);
    }
}
