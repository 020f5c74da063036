using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Audit;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Roles;

/// <summary><c>DELETE /api/v1/access/roles/{name}</c>: refused while somebody has it.</summary>
internal static class DeleteRole
{
    public static async Task<NoContent> Handle(string name, HttpContext http, AccessChange change)
    {
        if (BuiltInRoles.Find(name) is not null)
            throw PlaneError.Conflict("built_in_role", $"The role '{name}' comes with the product and cannot be deleted.").ToException();
        await change.RunAsync(http, "roles.delete", name, null, null, async (db, ct) =>
        {
            var row = await db.Roles.SingleOrDefaultAsync(role => role.Name == name, ct) ?? throw RoleStore.NotFound(name);
            if (await db.Grants.CountAsync(grant => grant.Role == name, ct) is > 0 and var uses)
                throw PlaneError.Conflict("role_in_use", $"The role '{name}' is given by {uses} grant(s); revoke them first.").ToException();
            db.Remove(row);
            return row;
        });
        return TypedResults.NoContent();
    }
}
