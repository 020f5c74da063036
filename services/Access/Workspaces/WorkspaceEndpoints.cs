using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Mlflow;
using MlopsPlane.Mlflow.Errors;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.Access.Workspaces;

internal static class WorkspaceEndpoints
{
    private const string Version = "3.0";

    private static readonly AccessPolicy Manage = AccessPolicy.Admin(ResourceKind.Workspace);

    public static void MapWorkspaceEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapMlflow(["GET"], "/server-info", "access.ServerInfo", AccessPolicy.Anyone, ServerInfo.Handle, Version);
        var guarded = routes.MapGroup("").AddEndpointFilter(RequireWorkspaceAsync);
        guarded.MapMlflow(["GET"], "/workspaces", "access.ListWorkspaces", AccessPolicy.Anyone, ListWorkspaces.Handle, Version);
        guarded.MapMlflow(["POST"], "/workspaces", "access.CreateWorkspace", Manage with { InAllWorkspaces = true }, CreateWorkspace.Handle, Version, schema: CreateWorkspace.Schema);
        guarded.MapMlflow(["GET"], "/workspaces/{name}", "access.GetWorkspace", AccessPolicy.Read(ResourceKind.Workspace) with { WorkspaceIn = "name" }, GetWorkspace.Handle, Version);
        guarded.MapMlflow(["PATCH"], "/workspaces/{name}", "access.UpdateWorkspace", Manage with { WorkspaceIn = "name" }, UpdateWorkspace.Handle, Version, schema: UpdateWorkspace.Schema);
        guarded.MapMlflow(["DELETE"], "/workspaces/{name}", "access.DeleteWorkspace", Manage with { InAllWorkspaces = true, WorkspaceIn = "name" }, DeleteWorkspace.Handle, Version);
    }

    /// <summary>A request that works in a workspace which does not exist is refused here as everywhere else.</summary>
    private static async ValueTask<object?> RequireWorkspaceAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        var name = http.Workspace();
        // What anybody may ask must not make a workspace, nor tell that there is one, for who has no business there.
        if (!http.Caller().IsLocal && !http.Caller().MayEnter(name) && name != WorkspaceName.Default)
            throw Refusals.Forbidden(http.Caller(), Verbs.Read, name, ResourceKind.Workspace);
        var directory = http.RequestServices.GetRequiredService<IWorkspaceDirectory>();
        return await directory.EnsureAsync(name, http.RequestAborted)
            ? await next(call)
            : throw MlflowErrors.Missing($"Workspace '{name}' not found");
    }
}
