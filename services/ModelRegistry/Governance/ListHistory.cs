using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.History;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.ModelRegistry.Governance;

/// <summary>
/// <c>GET /api/v1/registry/models/{model}/history</c>: who moved which alias or stage, when, from what, to what and why;
/// newest first. A renamed model keeps its history, and that of a deleted one stays under its name.
/// </summary>
internal static class ListHistory
{
    public sealed record Response(IReadOnlyList<Entry> Entries, string? NextPageToken);

    public sealed record Entry(
        string Model, string Kind, string? Alias, int? Version, string? From, string? To, string? Actor, string? Reason, DateTimeOffset OccurredAt);

    public static async Task<Ok<Response>> Handle(
        string model, string? kind, string? alias, int? version, int? limit, string? pageToken, HttpContext http, RegistryDb db,
        WorkspaceProjection<RegistryDb> workspaces, CancellationToken ct)
    {
        var (take, before) = (Paging.Limit(limit), Paging.Before(pageToken));
        if (kind is not (null or HistoryEntry.AliasKind or HistoryEntry.StageKind))
            throw PlaneError.Invalid("invalid_kind", "'kind' must be 'alias' or 'stage'.").ToException();
        var workspaceId = await workspaces.ResolveAsync(http);
        var key = await db.Models.Where(row => row.WorkspaceId == workspaceId && row.Name == model).Select(row => row.ModelKey).SingleOrDefaultAsync(ct);
        var entries = db.History.AsNoTracking().Where(row => row.WorkspaceId == workspaceId
            && (row.ModelKey == key || row.Model == model) && row.EntryId < before);
        if (kind is not null)
            entries = entries.Where(row => row.Kind == kind);
        if (alias is not null)
            entries = entries.Where(row => row.Alias == alias);
        if (version is { } number)
            entries = ConcerningVersion(entries, number);
        var page = await entries.OrderByDescending(row => row.EntryId).Take(take + 1).ToListAsync(ct);
        if (page.Count == 0 && key == 0 && !await db.History.AnyAsync(row => row.WorkspaceId == workspaceId && row.Model == model, ct))
            throw PlaneError.NotFound("model_not_found", $"There is and was no model '{model}'.").ToException();
        var next = page.Count > take ? Paging.Token(page[take - 1].EntryId) : null;
        return TypedResults.Ok(new Response([.. page.Take(take).Select(Shown)], next));
    }

    private static IQueryable<HistoryEntry> ConcerningVersion(IQueryable<HistoryEntry> entries, int version)
    {
        var text = version.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return entries.Where(row => row.Kind == HistoryEntry.StageKind ? row.Version == version : row.From == text || row.To == text);
    }

    private static Entry Shown(HistoryEntry row) => new(
        row.Model, row.Kind, row.Alias, row.Version, row.From, row.To, row.Actor, row.Reason, Instant.ToDateTime(row.OccurredAt));
}
