using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging.Outbox;

namespace MlopsPlane.Access.Members;

/// <summary><c>DELETE /api/v1/access/members/{name}</c> and <c>/service-accounts/{name}</c>: with their keys and grants.</summary>
internal static class RemoveMember
{
    public static async Task<NoContent> HandleAsync(MemberKind kind, string name, HttpContext http, AccessChange change, TimeProvider clock)
    {
        var subject = kind.Prefix + name;
        await change.RunAsync(http, $"{kind.Path}.remove", subject, null, null, async (db, ct) =>
        {
            var row = await db.RequireMemberAsync(subject, ct);
            if (await db.Grants.Where(grant => grant.Subject == subject).ExecuteDeleteAsync(ct) > 0)
                await db.PublishAsync(new GrantsChanged(subject, clock.GetUtcNow()), clock, ct);
            await db.Keys.Where(key => key.Owner == subject).ExecuteDeleteAsync(ct);
            db.Remove(row);
            return row;
        });
        return TypedResults.NoContent();
    }
}
