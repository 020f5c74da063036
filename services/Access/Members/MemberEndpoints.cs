using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Access.Audit;
using MlopsPlane.Access.Storage;

namespace MlopsPlane.Access.Members;

internal static class MemberEndpoints
{
    public static void MapMemberEndpoints(this IEndpointRouteBuilder access)
    {
        foreach (var kind in (MemberKind[])[MemberKind.User, MemberKind.Service])
        {
            var members = access.MapGroup("/" + kind.Path).WithTags(kind.Path);
            members.MapGet("", (int? limit, string? pageToken, AccessDb db, CancellationToken ct) => ListMembers.HandleAsync(kind, limit, pageToken, db, ct))
                .WithName($"access.List{kind.Noun}s").ProducesProblem(400);
            members.MapPost("", (AddMember.Request request, HttpContext http, AccessChange change) => AddMember.HandleAsync(kind, request, http, change))
                .WithName($"access.Add{kind.Noun}").ProducesProblem(400).ProducesProblem(409);
            members.MapGet("/{name}", (string name, AccessDb db, CancellationToken ct) => GetMember.HandleAsync(kind, name, db, ct))
                .WithName($"access.Get{kind.Noun}").ProducesProblem(404);
            members.MapPatch("/{name}", (string name, UpdateMember.Request request, HttpContext http, AccessChange change) =>
                UpdateMember.HandleAsync(kind, name, request, http, change)).WithName($"access.Update{kind.Noun}").ProducesProblem(400).ProducesProblem(404);
            members.MapDelete("/{name}", (string name, HttpContext http, AccessChange change) =>
                RemoveMember.HandleAsync(kind, name, http, change))
                .WithName($"access.Remove{kind.Noun}").ProducesProblem(404);
        }
    }
}
