using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MlopsPlane.Access.Roles;

internal static class RoleEndpoints
{
    public static void MapRoleEndpoints(this IEndpointRouteBuilder access)
    {
        var roles = access.MapGroup("/roles").WithTags("roles");
        roles.MapGet("", ListRoles.Handle).WithName("access.ListRoles").ProducesProblem(400);
        roles.MapPut("/{name}", PutRole.Handle).WithName("access.PutRole").ProducesProblem(400).ProducesProblem(409);
        roles.MapDelete("/{name}", DeleteRole.Handle).WithName("access.DeleteRole").ProducesProblem(404).ProducesProblem(409);
    }
}
