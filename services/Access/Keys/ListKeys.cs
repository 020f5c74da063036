using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Keys;

/// <summary><c>GET /api/v1/access/keys</c>: an administrator's view of all, everybody else's of their own; oldest first.</summary>
internal static class ListKeys
{
    public sealed record Response(IReadOnlyList<KeyView> Keys, string? NextPageToken);

    public static async Task<Ok<Response>> Handle(
        string? owner, bool? revoked, int? limit, string? pageToken, HttpContext http, AccessDb db, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken));
        if (!KeyRights.IsAdministrator(http))
            owner ??= http.Caller().Name;
        if (owner is not null)
            KeyRights.RequireOwn(http, owner);
        var page = await db.Keys.AsNoTracking()
            .Where(row => (owner == null || row.Owner == owner) && (revoked == true || row.RevokedAt == null) && string.Compare(row.Id, after) > 0)
            .OrderBy(row => row.Id).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(new Response([.. page.Take(take).Select(KeyView.Of)], page.Count > take ? Paging.Token(page[take - 1].Id) : null));
    }
}
