using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Members;

internal static class MemberStore
{
    /// <exception cref="PlaneException">404: there is no such member.</exception>
    public static async Task<Member> RequireMemberAsync(this AccessDb db, string subject, CancellationToken ct) =>
        await db.Members.SingleOrDefaultAsync(row => row.Subject == subject, ct)
        ?? throw PlaneError.NotFound("member_not_found", $"There is no '{subject}'.").ToException();
}
