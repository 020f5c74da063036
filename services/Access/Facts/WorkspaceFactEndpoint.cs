using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Web.Identity;

namespace MlopsPlane.Access.Facts;

/// <summary>What the other services ask of Access when they are processes of their own.</summary>
internal static class WorkspaceFactEndpoint
{
    public static void MapFacts(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/access/facts/workspaces/{name}", HandleAsync).WithName("access.WorkspaceFacts").Requires(AccessPolicy.Peers).ExcludeFromDescription();

    private static async Task<Results<Ok<WorkspaceFacts>, NotFound>> HandleAsync(string name, IWorkspaceDirectory directory, CancellationToken ct) =>
        await directory.EnsureAsync(name, ct)
            ? TypedResults.Ok(new WorkspaceFacts(name, await directory.ArtifactRootAsync(name, ct)))
            : TypedResults.NotFound();
}
