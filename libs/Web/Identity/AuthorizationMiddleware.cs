using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MlopsPlane.Web.Identity;

/// <summary>After routing: the endpoint's policy against the caller's grants. What has no policy is closed.</summary>
public sealed class AuthorizationMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        Judge(http);
        return next(http);
    }

    /// <summary>Judges the request's endpoint; for requests that the process makes of itself too.</summary>
    /// <exception cref="Primitives.PlaneException">403: the caller lacks the permission.</exception>
    public static void Judge(HttpContext http)
    {
        // Without an endpoint there is nothing to protect: the answer is 404 or 405.
        if (http.GetEndpoint() is not RouteEndpoint endpoint)
            return;
        var policy = endpoint.Metadata.GetMetadata<AccessPolicy>();
        if (ReferenceEquals(policy, AccessPolicy.Public))
            return;
        var caller = http.Caller();
        if (!caller.IsLocal)
            Judge(http, caller, policy);
    }

    private static void Judge(HttpContext http, CallerIdentity caller, AccessPolicy? policy)
    {
        if (ReferenceEquals(policy, AccessPolicy.Anyone) || ReferenceEquals(policy, AccessPolicy.Judged))
            return;
        if (policy is null || ReferenceEquals(policy, AccessPolicy.Peers))
        {
            if (!caller.IsPeer)
                throw Refusals.Forbidden(caller, Verbs.Admin, Grant.Any, ResourceKind.Operations);
            return;
        }

        var workspace = policy.WorkspaceOf(http);
        if (policy.InAllWorkspaces && policy.WorkspaceIn is not null)
            JudgeNamedWorkspace(http, caller, policy);
        switch (caller.Decide(policy.Verb, workspace, policy.Kind))
        {
            case Decision.Allowed:
                return;
            case Decision.DependsOnName when policy.NameIn is { } value && http.GetRouteValue(value) is string name:
                if (caller.Allows(policy.Verb, workspace, policy.Kind, name))
                    return;
                throw Refusals.Forbidden(caller, policy.Verb, workspace, policy.Kind, name);
            case Decision.DependsOnName when policy.HandlerNames || policy.HandlerFilters || policy.HandlerLooksUp:
                http.Features.Set(new NameGate(caller, policy.Verb, workspace, policy.Kind, inMessage: policy.HandlerNames));
                return;
            default:
                throw Refusals.Forbidden(caller, policy.Verb, workspace, policy.Kind);
        }
    }

    /// <summary>A rule for all workspaces does not overrule what is denied in one of them.</summary>
    private static void JudgeNamedWorkspace(HttpContext http, CallerIdentity caller, AccessPolicy policy)
    {
        var named = http.GetRouteValue(policy.WorkspaceIn!) as string ?? "";
        if (caller.Decide(policy.Verb, named, policy.Kind) != Decision.Allowed)
            throw Refusals.Forbidden(caller, policy.Verb, named, policy.Kind);
    }
}
