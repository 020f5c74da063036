using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Tags;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Models;

internal static class DeleteModelTag
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("key", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, WebhookOutbox webhooks, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var key = request.String("key")!;
        TagRules.CheckKey(key);
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var model = await db.TakeAsync(workspaceId, name, token);
            // Asked before the tag goes, since it may be the one that makes a prompt of the model.
            var subject = new WebhookSubject(workspaceId, http.Workspace(), model.ModelKey);
            var tag = db.ModelTags.Where(row => row.ModelKey == model.ModelKey && row.Key == key);
            if (await tag.AnyAsync(token))
                await webhooks.RecordAsync(WebhookEvents.ModelTagDeleted, subject, WebhookData.Of(name, ("key", key)), token);
            await tag.ExecuteDeleteAsync(token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
