using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Workspaces;

/// <summary>The registered models of a workspace: Access asks before it deletes one.</summary>
internal sealed class RegistryContents(IServiceScopeFactory scopes) : IWorkspaceContents
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/registry/facts/contents", Handle).WithName("registry.WorkspaceContents");

    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var id = await db.Set<WorkspaceRow>().Where(row => row.Name == workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);
        var count = await db.Models.LongCountAsync(model => model.WorkspaceId == id, ct);
        return count == 0 ? [] : [new WorkspaceResource("registered_models", count)];
    }

    private static async Task<Ok<IReadOnlyList<WorkspaceResource>>> Handle(HttpContext http, RegistryContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.CountAsync(http.Workspace(), ct));
}
