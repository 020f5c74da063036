using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry.V1;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Models;

internal static class RenameModel
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("new_name", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, ModelReader models, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock,
        WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var newName = ModelName.Check(request.String("new_name"), "new_name");
        var name = ModelName.Check(request.String("name"));
        var workspaceId = await workspaces.ResolveAsync(http);
        try
        {
            await db.WriteAsync(token => RenameAsync(db, workspaceId, http.Workspace(), name, newName, webhooks, clock, token), ct);
        }
        catch (DbUpdateException taken) when (db.Provider.IsDuplicateKey(taken))
        {
            throw MlflowErrors.AlreadyExists($"Registered Model (name={newName}) already exists.");
        }

        signal.Wake();
        var renamed = await models.GetAsync(workspaceId, newName, ct);
        await MlflowResponse.WriteAsync(http, renamed, static (writer, model) => ModelJson.Write(writer, "registered_model", model));
    }

    private static async Task RenameAsync(
        RegistryDb db, int workspaceId, string workspace, string name, string newName, WebhookOutbox webhooks, TimeProvider clock,
        CancellationToken ct)
    {
        var model = await db.TakeAsync(workspaceId, name, ct);
        var now = clock.NowMicroseconds();
        (model.Name, model.UpdatedAt) = (newName, now);
        await db.SaveChangesAsync(ct);
        await db.Versions.Where(version => version.ModelKey == model.ModelKey)
            .ExecuteUpdateAsync(set => set.SetProperty(version => version.UpdatedAt, now), ct);
        if (newName == name)
            return;
        await db.PublishAsync(new ModelRenamed(workspace, name, newName, Instant.ToDateTime(now)), clock, ct);
        await webhooks.RecordAsync(
            WebhookEvents.ModelRenamed, new(workspaceId, workspace, model.ModelKey), WebhookData.Of(name, ("new_name", newName)), ct);
    }
}
