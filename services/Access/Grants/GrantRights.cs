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

    /// <summary>An administrator of all stays one where a workspace's own administrator denies it: nobody locks them out.</summary>
    public static bool May(HttpContext http, string workspacePattern) =>
        Administers(http, Scope(workspacePattern)) || Administers(http, Grant.Any);

    private static bool Administers(HttpContext http, string workspace) =>
        http.Caller().Decide(Verbs.Admin, workspace, ResourceKind.Access) == Decision.Allowed;

    /// <summary>A pattern reaches workspaces that do not exist yet, so it takes an administrator of all.</summary>
    private static string Scope(string pattern) => pattern.Contains('*', StringComparison.Ordinal) ? Grant.Any : pattern;
}
