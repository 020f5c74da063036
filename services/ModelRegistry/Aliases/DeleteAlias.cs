using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Mlflow.Responses;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Aliases;

internal static class DeleteAlias
{
    internal static readonly MessageSchema Schema = new(
        Field.String("name", Check.Required, Check.String),
        Field.String("alias", Check.Required, Check.String));

    public static async Task Handle(
        HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock,
        WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        var request = await MlflowRequest.ReadAsync(http, Schema);
        var name = ModelName.Check(request.String("name"));
        var alias = AliasName.Check(request.String("alias"));
        var workspaceId = await workspaces.ResolveAsync(http);
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds());
        await db.WriteAsync(async token =>
        {
            var model = await db.TakeAsync(workspaceId, name, token);
            if (await db.FindAliasAsync(model, alias, token) is { } existing)
                await db.DropAliasAsync(model, existing, change, webhooks, clock, token);
        }, ct);
        signal.Wake();
        await MlflowResponse.WriteEmptyAsync(http);
    }
}
