using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Audit;

/// <summary><c>GET /api/v1/access/audit</c>: newest first; by actor, action, target or a span of time.</summary>
internal static class ListAudit
{
    public sealed record Response(IReadOnlyList<Entry> Entries, string? NextPageToken);

    /// <param name="Id">Its number in the log; entries that are written at the same time may show up out of its order.</param>
    public sealed record Entry(
        long Id, DateTimeOffset At, string Actor, string? KeyId, string? Address, string Action, string Target, string? Workspace, JsonElement? Details);

    public static async Task<Ok<Response>> Handle(
        string? actor, string? action, string? target, DateTimeOffset? since, DateTimeOffset? until, int? limit, string? pageToken, AccessDb db,
        CancellationToken ct)
    {
        var (take, before) = (Paging.Limit(limit), Paging.Before(pageToken));
        var (from, to) = (since?.ToUnixTimeMilliseconds() ?? 0, until?.ToUnixTimeMilliseconds() ?? long.MaxValue);
        var page = await db.Audit.AsNoTracking()
            .Where(row => row.Id < before && row.At >= from && row.At < to)
            .Where(row => (actor == null || row.Actor == actor) && (action == null || row.Action == action) && (target == null || row.Target == target))
            .OrderByDescending(row => row.Id).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(new Response([.. page.Take(take).Select(Shown)], page.Count > take ? Paging.Token(page[take - 1].Id) : null));
    }

    private static Entry Shown(AuditEntry row) => new(
        row.Id, DateTimeOffset.FromUnixTimeMilliseconds(row.At), row.Actor, row.KeyId, row.Address, row.Action, row.Target, row.Workspace,
        row.Details is null ? null : JsonElement.Parse(row.Details));
}
