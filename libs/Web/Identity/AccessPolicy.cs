using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Web.Identity;

/// <summary>What an endpoint asks of its callers. An endpoint without one is closed to everybody but local callers.</summary>
public sealed record AccessPolicy
{
    private AccessPolicy(Verbs verb, string kind) => (Verb, Kind) = (verb, kind);

    /// <summary>Open without any identity: probes.</summary>
    public static AccessPolicy Public { get; } = new(Verbs.None, "");

    /// <summary>Any identity will do: pages, descriptions, what an identity may ask about itself.</summary>
    public static AccessPolicy Anyone { get; } = new(Verbs.None, Grant.Any);

    /// <summary>Any identity may ask; the handler judges by what is asked for: one's own keys, grants of one's own workspace.</summary>
    public static AccessPolicy Judged { get; } = new(Verbs.None, "judged");

    /// <summary>Only services of the product, which ask each other.</summary>
    public static AccessPolicy Peers { get; } = new(Verbs.None, CallerIdentity.PeerPrefix);

    public Verbs Verb { get; }

    public string Kind { get; }

    /// <summary>
    /// The resource belongs to no workspace: a rule for all workspaces is asked for. With <see cref="WorkspaceIn"/> as
    /// well, the rules for the named workspace count too, so that what they deny is denied.
    /// </summary>
    public bool InAllWorkspaces { get; init; }

    /// <summary>Route value that names the workspace, where the request works on one that it does not work in.</summary>
    public string? WorkspaceIn { get; init; }

    /// <summary>Route value that names the resource.</summary>
    public string? NameIn { get; init; }

    /// <summary>The handler, or what reads its message, tells the names that it works on to <see cref="NameGate"/>.</summary>
    public bool HandlerNames { get; init; }

    /// <summary>The handler looks through many names and leaves out those that do not pass <see cref="NameGate"/>.</summary>
    public bool HandlerFilters { get; init; }

    /// <summary>The request names the resource by an id or a path; the handler looks its name up for <see cref="NameGate"/>.</summary>
    public bool HandlerLooksUp { get; init; }

    public static AccessPolicy Read(string kind) => new(Verbs.Read, kind);

    public static AccessPolicy Write(string kind) => new(Verbs.Write, kind);

    public static AccessPolicy Infer(string kind) => new(Verbs.Infer, kind);

    public static AccessPolicy Admin(string kind) => new(Verbs.Admin, kind);

    /// <summary>The workspace whose rules count.</summary>
    public string WorkspaceOf(HttpContext http) =>
        InAllWorkspaces ? Grant.Any : WorkspaceIn is { } value ? http.GetRouteValue(value) as string ?? "" : http.Workspace();
}

public static class AccessPolicyEndpoints
{
    /// <summary>Sets what the endpoint, or every endpoint of the group, asks of its callers.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder endpoint, AccessPolicy policy) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(policy);
}
