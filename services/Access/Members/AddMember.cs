using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Primitives;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Members;

/// <summary><c>POST /api/v1/access/members</c> and <c>/service-accounts</c>: makes a member, who may do nothing yet.</summary>
internal static class AddMember
{
    public sealed record Request(string? Name, string? Description);

    public static async Task<Created<MemberView>> HandleAsync(MemberKind kind, Request request, HttpContext http, AccessChange change)
    {
        var subject = kind.Prefix + Subject.CheckName(request.Name, "name");
        var description = Texts.Bounded(request.Description, "description");
        var made = await change.RunAsync(http, $"{kind.Path}.add", subject, null, new { description }, async (db, ct) =>
        {
            if (await db.Members.AnyAsync(row => row.Subject == subject, ct))
                throw PlaneError.Conflict("member_exists", $"'{subject}' exists already.").ToException();
            var row = new Member
            {
                Subject = subject, Description = description, CreatedAt = change.Now, CreatedBy = http.Caller().Name,
            };
            db.Members.Add(row);
            return row;
        });
        return TypedResults.Created((string?)null, MemberView.Of(made));
    }
}
