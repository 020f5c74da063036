using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Keys;

internal static class KeyEndpoints
{
    /// <summary>Everybody may manage their own keys, so the handlers judge.</summary>
    public static void MapKeyEndpoints(this IEndpointRouteBuilder access)
    {
        var keys = access.MapGroup("/keys").WithTags("keys").Requires(AccessPolicy.Judged);
        keys.MapGet("", ListKeys.Handle).WithName("access.ListKeys").ProducesProblem(400).ProducesProblem(403);
        keys.MapPost("", CreateKey.Handle).WithName("access.CreateKey").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        keys.MapDelete("/{id}", RevokeKey.Handle).WithName("access.RevokeKey").ProducesProblem(404);
    }
}
