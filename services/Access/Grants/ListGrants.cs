using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Grants;

/// <summary><c>GET /api/v1/access/grants</c>: oldest first; an administrator's view of all, everybody else's of their own.</summary>
internal static class ListGrants
{
    public sealed record Response(IReadOnlyList<GrantView> Grants, string? NextPageToken);

    public static async Task<Ok<Response>> Handle(
        string? subject, string? workspace, int? limit, string? pageToken, HttpContext http, AccessDb db, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken));
        if (subject != http.Caller().Name)
            GrantRights.Require(http, workspace ?? Grant.Any);
        var page = await db.Grants.AsNoTracking()
            .Where(row => (subject == null || row.Subject == subject) && (workspace == null || row.Workspace == workspace) && string.Compare(row.Id, after) > 0)
            .OrderBy(row => row.Id).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(new Response([.. page.Take(take).Select(GrantView.Of)], page.Count > take ? Paging.Token(page[take - 1].Id) : null));
    }
}
