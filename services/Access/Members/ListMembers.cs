using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Members;

/// <summary><c>GET /api/v1/access/members</c> and <c>/service-accounts</c>: by name.</summary>
internal static class ListMembers
{
    public sealed record Response(IReadOnlyList<MemberView> Members, string? NextPageToken);

    public static async Task<Ok<Response>> HandleAsync(MemberKind kind, int? limit, string? pageToken, AccessDb db, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken));
        var page = await db.Members.AsNoTracking().Where(row => row.Subject.StartsWith(kind.Prefix) && string.Compare(row.Subject, after) > 0)
            .OrderBy(row => row.Subject).Take(take + 1).ToListAsync(ct);
        return TypedResults.Ok(new Response(
            [.. page.Take(take).Select(MemberView.Of)], page.Count > take ? Paging.Token(page[take - 1].Subject) : null));
    }
}
