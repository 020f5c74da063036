using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Roles;

/// <summary>The roles that come with the product.</summary>
internal static class BuiltInRoles
{
    public const string Admin = "admin";

    public static IReadOnlyList<RoleView> Every { get; } =
    [
        Role("reader", "Looks at everything in its workspaces.", RoleRule.Allow(Grant.Any, "read")),
        Role("caller", "Sends requests to deployed models, and nothing else.", RoleRule.Allow(ResourceKind.Deployment, "infer")),
        Role("writer", "Logs runs, registers and deploys models, starts jobs.", RoleRule.Allow(Grant.Any, "read", "write", "infer")),
        Role("approver", "Looks at everything, and approves or rejects what others want to put into service.", RoleRule.Allow(Grant.Any, "read", "approve")),
        Role(Admin, "May do everything.", RoleRule.Allow(Grant.Any, "*")),
    ];

    public static RoleView? Find(string name) => Every.FirstOrDefault(role => role.Name == name);

    private static RoleView Role(string name, string description, RoleRule rule) => new(name, description, BuiltIn: true, [rule]);
}
