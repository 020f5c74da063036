using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Roles;

/// <summary><c>GET /api/v1/access/roles</c>: the built-in ones first.</summary>
internal static class ListRoles
{
    public sealed record Response(IReadOnlyList<RoleView> Roles, string? NextPageToken);

    public static async Task<Ok<Response>> Handle(int? limit, string? pageToken, AccessDb db, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken));
        var page = await db.Roles.AsNoTracking().Where(row => string.Compare(row.Name, after) > 0).OrderBy(row => row.Name).Take(take + 1).ToListAsync(ct);
        var own = page.Take(take).Select(RoleView.Of);
        return TypedResults.Ok(new Response([.. after.Length == 0 ? BuiltInRoles.Every : [], .. own], page.Count > take ? Paging.Token(page[take - 1].Name) : null));
    }
}
