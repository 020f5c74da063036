using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>
/// <c>PUT /api/v1/registry/models/{model}/aliases/{alias}</c>: moves an alias if it still points to where the caller saw
/// it, and answers 409 when somebody else was faster.
/// </summary>
internal static class MoveAlias
{
    /// <param name="Version">Where the alias is to point.</param>
    /// <param name="ExpectedVersion">Where it must point now; 0 when it must not exist; null when it does not matter.</param>
    public sealed record Request(int Version, int? ExpectedVersion, string? Reason);

    public sealed record Response(string Model, string Alias, int Version, int? PreviousVersion);

    public static async Task<Ok<Response>> Handle(
        string model, string alias, Request request, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces,
        TimeProvider clock, WebhookOutbox webhooks, [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        AliasName.CheckNew(alias);
        var workspaceId = await workspaces.ResolveAsync(http);
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds(), request.Reason);
        var previous = await db.WriteAsync(async token =>
        {
            var registered = await db.TryTakeAsync(workspaceId, model, token) ?? throw VersionAddress.NotFound(model, request.Version);
            if (!await db.Versions.AnyAsync(
                row => row.ModelKey == registered.ModelKey && row.Version == request.Version && row.CurrentStage != Stage.Deleted, token))
                throw VersionAddress.NotFound(model, request.Version);
            var existing = await db.FindAliasAsync(registered, alias, token);
            var from = existing?.Version;
            AliasExpectation.Check(alias, request.ExpectedVersion, from);
            await db.PointAliasAsync(registered, existing, alias, request.Version, change, webhooks, clock, token);
            return from;
        }, ct);
        signal.Wake();
        return TypedResults.Ok(new Response(model, alias, request.Version, previous));
    }
}
