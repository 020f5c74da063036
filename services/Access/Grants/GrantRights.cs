using Microsoft.AspNetCore.Http;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Grants;

/// <summary>Who may give and take grants: an administrator of every workspace in which they hold.</summary>
internal static class GrantRights
{
    /// <exception cref="Primitives.PlaneException">403: the caller does not administer the workspaces.</exception>
    public static void Require(HttpContext http, string workspacePattern)
    {
        if (!May(http, workspacePattern))
            throw Refusals.Forbidden(http.Caller(), Verbs.Admin, Scope(workspacePattern), ResourceKind.Access);
    }

    public static bool May(HttpContext http, string workspacePattern) =>
        http.Caller().Decide(Verbs.Admin, Scope(workspacePattern), ResourceKind.Access) == Decision.Allowed;

    /// <summary>A pattern reaches workspaces that do not exist yet, so it takes an administrator of all.</summary>
    private static string Scope(string pattern) => pattern.Contains('*', StringComparison.Ordinal) ? Grant.Any : pattern;
}
