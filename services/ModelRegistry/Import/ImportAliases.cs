using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.ModelRegistry.Aliases;
using MlopsPlane.ModelRegistry.Governance;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Models;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.ModelRegistry.Webhooks.Events;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Import;

/// <summary><c>POST /api/v1/registry/import/aliases</c>: points an imported model's aliases to where they point at its origin.</summary>
internal static class ImportAliases
{
    private const int MaxAliases = 1000;

    /// <param name="Source">Names the other server, as when the model was imported; so does <paramref name="SourceName"/>.</param>
    /// <param name="Aliases">Version by alias; aliases that are not named stay as they are.</param>
    public sealed record Request(string Source, string? SourceName, string Model, IReadOnlyDictionary<string, int> Aliases);

    /// <param name="Moved">Aliases that did not point there before.</param>
    public sealed record Response(string Model, int Moved);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, RegistryDb db, WorkspaceProjection<RegistryDb> workspaces, TimeProvider clock, WebhookOutbox webhooks,
        [FromKeyedServices(RegistryModule.ServiceName)] OutboxSignal signal, CancellationToken ct)
    {
        var name = ModelName.Check(request.Model, "model");
        var origin = ImportedModels.Origin(http, request.Source, request.SourceName, name);
        if (request.Aliases is null || request.Aliases.Count > MaxAliases)
            throw PlaneError.Invalid("invalid_aliases", $"'aliases' must hold at most {MaxAliases} aliases.").ToException();
        foreach (var alias in request.Aliases.Keys)
            AliasName.CheckNew(alias);
        var workspaceId = await workspaces.ResolveAsync(http);
        webhooks.Mute();
        var change = Change.Of(http, http.Workspace(), clock.NowMicroseconds(), "imported");
        var moved = await db.WriteAsync(async token =>
        {
            var model = await db.TakeImportedAsync(workspaceId, name, origin, token);
            var numbers = request.Aliases.Values.Distinct().ToList();
            var known = await db.Versions.Where(row => row.ModelKey == model.ModelKey && numbers.Contains(row.Version) && row.CurrentStage != Stage.Deleted)
                .Select(row => row.Version).ToHashSetAsync(token);
            var count = 0;
            foreach (var (alias, version) in request.Aliases.OrderBy(alias => alias.Key, StringComparer.Ordinal))
            {
                if (!known.Contains(version))
                    throw VersionAddress.NotFound(name, version);
                var existing = await db.FindAliasAsync(model, alias, token);
                count += existing?.Version == version ? 0 : 1;
                await db.PointAliasAsync(model, existing, alias, version, change, webhooks, clock, token);
            }

            return count;
        }, ct);
        signal.Wake();
        return TypedResults.Ok(new Response(name, moved));
    }
}
