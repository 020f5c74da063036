using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Models;

internal static class DeleteModel
{
    internal static readonly MessageSchema Schema = new(Field.String("name", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock,
        WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var workspaceId = await workspaces.ResolveAsync(http);
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds());
        await db.WriteAsync(async token =>
        {
            var model = await db.TakeAsync(workspaceId, name, token);
            var versions = await db.Versions.Where(version => version.ModelKey == model.ModelKey && version.CurrentStage != Stage.Deleted)
                .OrderBy(version => version.Version).AsNoTracking().ToListAsync(token);
            foreach (var version in versions)
                await db.RetireAsync(model, version, change, webhooks, clock, token);
            await webhooks.RecordAsync(WebhookEvents.ModelDeleted, new(workspaceId, change.Workspace, model.ModelKey), WebhookData.Of(name), token);
            await db.SaveChangesAsync(token);
            await db.Models.Where(row => row.ModelKey == model.ModelKey).ExecuteDeleteAsync(token);
        }, ct);
        signal.Wake();
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
