using System.Text.Json;

namespace MlopsPlane.Access.Roles;

/// <param name="BuiltIn">It comes with the product and cannot be changed.</param>
public sealed record RoleView(string Name, string? Description, bool BuiltIn, IReadOnlyList<RoleRule> Rules)
{
    internal static RoleView Of(RoleRow row) =>
        new(row.Name, row.Description, BuiltIn: false, JsonSerializer.Deserialize(row.Rules, RoleJson.Default.IReadOnlyListRoleRule)!);
}
