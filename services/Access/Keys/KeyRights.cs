using Microsoft.AspNetCore.Http;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Keys;

/// <summary>Whose keys a caller may see and manage: an administrator everybody's, everybody else their own.</summary>
internal static class KeyRights
{
    public static bool IsAdministrator(HttpContext http) =>
        http.Caller().Decide(Verbs.Admin, Grant.Any, ResourceKind.Access) == Decision.Allowed;

    /// <exception cref="Primitives.PlaneException">403: the keys are somebody else's.</exception>
    public static void RequireOwn(HttpContext http, string owner)
    {
        if (http.Caller().Name != owner && !IsAdministrator(http))
            throw Refusals.Forbidden(http.Caller(), Verbs.Admin, Grant.Any, ResourceKind.Access);
    }

    /// <summary>
    /// A key cannot make keys, unless it is an administrator's: one that leaked would outlive its own revocation. Who
    /// signed in with the identity provider can make keys of their own.
    /// </summary>
    /// <exception cref="Primitives.PlaneException">403: the caller cannot make keys for the owner.</exception>
    public static void RequireMaker(HttpContext http, string owner)
    {
        var caller = http.Caller();
        if ((caller.Name != owner || caller.KeyId is not null) && !IsAdministrator(http))
            throw Refusals.Forbidden(caller, Verbs.Admin, Grant.Any, ResourceKind.Access);
    }
}
