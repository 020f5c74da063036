using Microsoft.AspNetCore.Http;
using MlopsPlane.Primitives;

namespace MlopsPlane.Web.Identity;

/// <summary>
/// Stands on a request whose permission depends on the name of the resource, which only its handler knows. Absent where
/// the rules speak of every name, so that most requests pay nothing.
/// </summary>
/// <param name="inMessage">The request's message holds the names, so that whoever reads it can judge them.</param>
public sealed class NameGate(CallerIdentity caller, Verbs verb, string workspace, string kind, bool inMessage)
{
    /// <summary>The request's message must hold names that pass; else the handler judges, or leaves out what does not pass.</summary>
    public bool InMessage => inMessage;

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

    /// <summary>Judges a name that the request does not know, and must not learn from a refusal.</summary>
    /// <param name="asked">What the request called it by.</param>
    /// <exception cref="PlaneException">403: the resource of this name is not the caller's to use so.</exception>
    public void Require(string name, string asked)
    {
        if (!Allows(name))
            throw Refuse(asked);
    }

    /// <summary>403 for what belongs to no resource that could allow it.</summary>
    /// <param name="asked">What the request called it by.</param>
    public PlaneException Refuse(string asked) => Refusals.ForbiddenOn(caller, verb, workspace, $"the {kind} of {asked}");

    private IEnumerable<string> Patterns(bool allow) =>
        caller.Grants.Where(grant => grant.Allow == allow && grant.Covers(verb, workspace, kind)).Select(grant => grant.Name);
}

public static class NameGateRequests
{
    /// <summary>The gate that names must pass; null when every name may.</summary>
    public static NameGate? NameGate(this HttpContext http) => http.Features.Get<NameGate>();
}
