using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Access.Storage;

namespace MlopsPlane.Access.Members;

/// <summary><c>GET /api/v1/access/members/{name}</c> and <c>/service-accounts/{name}</c></summary>
internal static class GetMember
{
    public static async Task<Ok<MemberView>> HandleAsync(MemberKind kind, string name, AccessDb db, CancellationToken ct) =>
        TypedResults.Ok(MemberView.Of(await db.RequireMemberAsync(kind.Prefix + name, ct)));
}
