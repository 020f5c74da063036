using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using MlopsPlane.Access.Audit;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Members;

/// <summary><c>PATCH /api/v1/access/members/{name}</c> and <c>/service-accounts/{name}</c>: what is named is changed.</summary>
internal static class UpdateMember
{
    /// <param name="Disabled">True shuts them out at once; keys and grants stay for the day they come back.</param>
    public sealed record Request(string? Description, bool? Disabled);

    public static async Task<Ok<MemberView>> HandleAsync(MemberKind kind, string name, Request request, HttpContext http, AccessChange change)
    {
        if (request is { Description: null, Disabled: null })
            throw PlaneError.Invalid("nothing_to_change", "One of 'description' and 'disabled' must be given.").ToException();
        var description = Texts.Bounded(request.Description, "description");
        var changed = await change.RunAsync(http, $"{kind.Path}.update", kind.Prefix + name, null, request, async (db, ct) =>
        {
            var row = await db.RequireMemberAsync(kind.Prefix + name, ct);
            row.Description = description ?? row.Description;
            row.Disabled = request.Disabled ?? row.Disabled;
            return row;
        });
        return TypedResults.Ok(MemberView.Of(changed));
    }
}
