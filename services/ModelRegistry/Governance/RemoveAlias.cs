using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary><c>DELETE /api/v1/registry/models/{model}/aliases/{alias}</c>, if it still points to where the caller saw it.</summary>
internal static class RemoveAlias
{
    public static async Task<NoContent> Handle(
        string model, string alias, int? expectedVersion, string? reason, HttpContext http, RegistryDb db,
        WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock,
        WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        AliasName.Check(alias);
        var workspaceId = await workspaces.ResolveAsync(http);
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds(), reason);
        await db.WriteAsync(async token =>
        {
            var registered = await db.TryTakeAsync(workspaceId, model, token)
                ?? throw PlaneError.NotFound("model_not_found", $"There is no model '{model}'.").ToException();
            var existing = await db.FindAliasAsync(registered, alias, token);
            AliasExpectation.Check(alias, expectedVersion, existing?.Version);
            if (existing is not null)
                await db.DropAliasAsync(registered, existing, change, webhooks, clock, token);
        }, ct);
        signal.Wake();
        return TypedResults.NoContent();
    }
}
