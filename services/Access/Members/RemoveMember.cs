using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;

namespace MlopsPlane.Access.Members;

/// <summary><c>DELETE /api/v1/access/members/{name}</c> and <c>/service-accounts/{name}</c>: with their keys and grants.</summary>
internal static class RemoveMember
{
    public static async Task<NoContent> HandleAsync(MemberKind kind, string name, HttpContext http, AccessChange change)
    {
        var subject = kind.Prefix + name;
        await change.RunAsync(http, $"{kind.Path}.remove", subject, null, null, async (db, ct) =>
        {
            var row = await db.RequireMemberAsync(subject, ct);
            await db.Grants.Where(grant => grant.Subject == subject).ExecuteDeleteAsync(ct);
            await db.Keys.Where(key => key.Owner == subject).ExecuteDeleteAsync(ct);
            db.Remove(row);
            return row;
        });
        return TypedResults.NoContent();
    }
}
