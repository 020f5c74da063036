using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Grants;

internal static class GrantEndpoints
{
    /// <summary>A workspace's administrator manages its grants, so the handlers judge by the grant's workspace.</summary>
    public static void MapGrantEndpoints(this IEndpointRouteBuilder access)
    {
        var grants = access.MapGroup("/grants").WithTags("grants").Requires(AccessPolicy.Judged);
        grants.MapGet("", ListGrants.Handle).WithName("access.ListGrants").ProducesProblem(400).ProducesProblem(403);
        grants.MapPost("", CreateGrant.Handle).WithName("access.CreateGrant").ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        grants.MapDelete("/{id}", DeleteGrant.Handle).WithName("access.DeleteGrant").ProducesProblem(404);
    }
}
