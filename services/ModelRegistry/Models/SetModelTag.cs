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

internal static class SetModelTag
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("key", Check.Required, Check.String),
        Field.String("value", Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, WebhookOutbox webhooks, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var (key, value) = (request.String("key")!, request.String("value") ?? "");
        TagRules.CheckModelTag(key, value);
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var model = await db.TakeAsync(workspaceId, name, token);
            var tag = await db.ModelTags.SingleOrDefaultAsync(row => row.ModelKey == model.ModelKey && row.Key == key, token);
            if (tag is null)
                db.ModelTags.Add(new ModelTag { ModelKey = model.ModelKey, Key = key, Value = value });
            else
                tag.Value = value;
            await webhooks.RecordAsync(
                WebhookEvents.ModelTagSet, new(workspaceId, http.Workspace(), model.ModelKey), WebhookData.Of(name, ("key", key), ("value", value)), token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
