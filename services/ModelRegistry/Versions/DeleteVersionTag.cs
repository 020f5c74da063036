using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Versions;

internal static class DeleteVersionTag
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("version", Check.Required, Check.String),
        Field.String("key", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, WebhookOutbox webhooks, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var number = VersionNumber.Parse(request.String("version"));
        var key = request.String("key")!;
        TagRules.CheckKey(key);
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var (model, version) = await db.TakeVersionAsync(workspaceId, name, number, token);
            var removed = await db.VersionTags.Where(row => row.ModelKey == model.ModelKey && row.Version == version.Version && row.Key == key)
                .ExecuteDeleteAsync(token);
            if (removed > 0)
                await webhooks.RecordAsync(
                    WebhookEvents.VersionTagDeleted, new(workspaceId, http.Workspace(), model.ModelKey), WebhookData.Of(name, version.Version, ("key", key)), token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
