using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity;

/// <summary>
/// Stands on a request whose permission depends on the name of the resource, which only its handler knows. Absent where
/// the rules speak of every name, so that most requests pay nothing.
/// </summary>
/// <param name="filters">The handler leaves out what does not pass, instead of naming what it works on.</param>
public sealed class NameGate(CallerIdentity caller, Verbs verb, string workspace, string kind, bool filters = false)
{
    /// <summary>The handler leaves out what does not pass; its message names nothing that must pass as a whole.</summary>
    public bool Filters => filters;

    /// <summary>Patterns of names: whoever matches one passes, unless it matches one of <see cref="Denied"/>.</summary>
    public IEnumerable<string> Allowed => Patterns(allow: true);

    public IEnumerable<string> Denied => Patterns(allow: false);

    public bool Allows(string name) => caller.Allows(verb, workspace, kind, name);

    /// <exception cref="PlaneException">403: the resource of this name is not the caller's to use so.</exception>
    public void Require(string name)
    {
        if (!Allows(name))
            throw Refusals.Forbidden(caller, verb, workspace, kind, name);
    }

    private IEnumerable<string> Patterns(bool allow) =>
        caller.Grants.Where(grant => grant.Allow == allow && grant.Covers(verb, workspace, kind)).Select(grant => grant.Name);
}

public static class NameGateRequests
{
    /// <summary>The gate that names must pass; null when every name may.</summary>
    public static NameGate? NameGate(this HttpContext http) => http.Features.Get<NameGate>();
}
