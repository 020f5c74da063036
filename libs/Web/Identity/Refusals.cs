using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity;

/// <summary>How a caller is told that it is not known, or not allowed.</summary>
public static class Refusals
{
    /// <summary>401: there is no credential, or none that is good.</summary>
    public static PlaneError Unauthenticated(string why) => new(401, "unauthenticated", why);

    /// <summary>403, naming the permission that is missing.</summary>
    public static PlaneException Forbidden(CallerIdentity caller, Verbs verb, string workspace, string kind, string? name = null) =>
        ForbiddenOn(caller, verb, workspace, name is null ? $"every {kind}" : $"the {kind} '{name}'");

    /// <inheritdoc cref="Forbidden"/>
    /// <param name="on">What the permission would be on, in words.</param>
    public static PlaneException ForbiddenOn(CallerIdentity caller, Verbs verb, string workspace, string on)
    {
        var where = workspace == Grant.Any ? "all workspaces" : $"workspace '{workspace}'";
        return new PlaneError(403, "permission_denied",
            $"Permission denied: {caller.Name} lacks '{verb.ToString().ToLowerInvariant()}' on {on} in {where}.").ToException();
    }
}
