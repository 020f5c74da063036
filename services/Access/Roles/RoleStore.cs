using Microsoft.EntityFrameworkCore;
using MlopsPlane.Access.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.Access.Roles;

internal static class RoleStore
{
    /// <summary>A role, built in or made here; null when there is none of the name.</summary>
    public static async Task<RoleView?> FindRoleAsync(this AccessDb db, string name, CancellationToken ct) =>
        BuiltInRoles.Find(name) ?? (await db.Roles.AsNoTracking().SingleOrDefaultAsync(row => row.Name == name, ct) is { } row ? RoleView.Of(row) : null);

    public static PlaneException NotFound(string name) => PlaneError.NotFound("role_not_found", $"There is no role '{name}'.").ToException();
}
