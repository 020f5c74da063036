using Microsoft.AspNetCore.Http;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>What the endpoints of the deployments ask of their callers.</summary>
internal static class DeploymentPolicies
{
    /// <summary>Looks at the deployment that the path names.</summary>
    public static readonly AccessPolicy Read = AccessPolicy.Read(ResourceKind.Deployment) with { NameIn = "name" };

    /// <summary>Changes the deployment that the path names.</summary>
    public static readonly AccessPolicy Write = AccessPolicy.Write(ResourceKind.Deployment) with { NameIn = "name" };

    /// <summary>Makes the deployment that the body names.</summary>
    public static readonly AccessPolicy Create = AccessPolicy.Write(ResourceKind.Deployment) with { HandlerNames = true };

    /// <summary>Finds those deployments that the caller may look at.</summary>
    public static readonly AccessPolicy Search = AccessPolicy.Read(ResourceKind.Deployment) with { HandlerFilters = true };

    /// <summary>Looks at the processes that serve, which all workspaces share.</summary>
    public static readonly AccessPolicy Operate = AccessPolicy.Read(ResourceKind.Operations) with { InAllWorkspaces = true };

    /// <summary>Who changes something, for those who read of it later; null where no identity is asked for.</summary>
    public static string? Actor(this HttpContext http) => http.Caller() is { IsLocal: false } caller ? caller.Name : null;
}
