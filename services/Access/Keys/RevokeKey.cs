using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Keys;

/// <summary><c>DELETE /api/v1/access/keys/{id}</c>: the key is refused everywhere within two seconds; its line stays.</summary>
internal static class RevokeKey
{
    public static async Task<Ok<KeyView>> Handle(string id, HttpContext http, AccessDb reader, AccessChange change, CancellationToken ct)
    {
        var owner = await reader.Keys.Where(row => row.Id == id).Select(row => row.Owner).SingleOrDefaultAsync(ct);
        // Who may not see the key learns nothing of it.
        if (owner is null || (owner != http.Caller().Name && !KeyRights.IsAdministrator(http)))
            throw NotFound(id);
        var revoked = await change.RunAsync(http, "keys.revoke", owner, null, new { id }, async (db, token) =>
        {
            var row = await db.Keys.SingleOrDefaultAsync(key => key.Id == id, token) ?? throw NotFound(id);
            row.RevokedAt ??= change.Now;
            return row;
        });
        return TypedResults.Ok(KeyView.Of(revoked));
    }

    private static PlaneException NotFound(string id) => PlaneError.NotFound("key_not_found", $"There is no key '{id}' of yours.").ToException();
}
