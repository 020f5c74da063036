using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity;

/// <summary>
/// Stands on a request whose permission depends on the name of the resource, which only its handler knows. Absent where
/// the rules speak of every name, so that most requests pay nothing.
/// </summary>
public sealed class NameGate(CallerIdentity caller, Verbs verb, string workspace, string kind)
{
    public bool Allows(string name) => caller.Allows(verb, workspace, kind, name);

    /// <exception cref="PlaneException">403: the resource of this name is not the caller's to use so.</exception>
    public void Require(string name)
    {
        if (!Allows(name))
            throw Refusals.Forbidden(caller, verb, workspace, kind, name);
    }
}

public static class NameGateRequests
{
    /// <summary>The gate that names must pass; null when every name may.</summary>
    public static NameGate? NameGate(this HttpContext http) => http.Features.Get<NameGate>();
}
