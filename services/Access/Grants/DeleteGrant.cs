using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Grants;

/// <summary><c>DELETE /api/v1/access/grants/{id}</c>: takes it back everywhere within two seconds.</summary>
internal static class DeleteGrant
{
    public static async Task<NoContent> Handle(string id, HttpContext http, AccessDb reader, AccessChange change, CancellationToken ct)
    {
        var known = await reader.Grants.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct);
        // Who may not see the grant learns nothing of it.
        if (known is null || !GrantRights.May(http, known.Workspace))
            throw NotFound(id);
        await change.RunAsync(http, "grants.delete", known.Subject, known.Workspace, GrantView.Of(known), async (db, token) =>
        {
            if (await db.Grants.Where(row => row.Id == id).ExecuteDeleteAsync(token) == 0)
                throw NotFound(id);
            return id;
        });
        return TypedResults.NoContent();
    }

    private static PlaneException NotFound(string id) => PlaneError.NotFound("grant_not_found", $"There is no grant '{id}' of workspaces that you administer.").ToException();
}
