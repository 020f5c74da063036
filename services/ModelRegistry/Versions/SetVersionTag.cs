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

internal static class SetVersionTag
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("version", Check.Required, Check.String),
        Field.String("key", Check.Required, Check.String),
        Field.String("value", Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, WebhookOutbox webhooks, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var number = VersionNumber.Parse(request.String("version"));
        var (key, value) = (request.String("key")!, request.String("value") ?? "");
        TagRules.CheckVersionTag(key, value);
        var workspaceId = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            var (model, version) = await db.TakeVersionAsync(workspaceId, name, number, token);
            var tag = await db.VersionTags.SingleOrDefaultAsync(
                row => row.ModelKey == model.ModelKey && row.Version == version.Version && row.Key == key, token);
            if (tag is null)
                db.VersionTags.Add(new VersionTag { ModelKey = model.ModelKey, Version = version.Version, Key = key, Value = value });
            else
                tag.Value = value;
            await webhooks.RecordAsync(
                WebhookEvents.VersionTagSet, new(workspaceId, http.Workspace(), model.ModelKey),
                WebhookData.Of(name, version.Version, ("key", key), ("value", value)), token);
        }, ct);
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
