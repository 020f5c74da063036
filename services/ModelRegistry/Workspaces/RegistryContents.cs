using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Webhooks;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ModelRegistry.Workspaces;

/// <summary>The registered models and webhooks of a workspace: Access asks before it deletes one.</summary>
internal sealed class RegistryContents(IServiceScopeFactory scopes) : IWorkspaceContents
{
    private const string Kind = "registered_models";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/registry/facts/contents", Handle).WithName("registry.WorkspaceContents").Requires(AccessPolicy.Peers).ExcludeFromDescription();
        routes.MapGet("/api/v1/registry/facts/contents/clashes", HandleClashes).WithName("registry.WorkspaceClashes").Requires(AccessPolicy.Peers).ExcludeFromDescription();
    }

    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var id = await KeyAsync(db, workspace, ct);
        WorkspaceResource[] resources =
        [
            new(Kind, await db.Models.LongCountAsync(model => model.WorkspaceId == id, ct)),
            new("webhooks", await db.Webhooks.LongCountAsync(webhook => webhook.WorkspaceId == id && webhook.Status != Webhook.Deleted, ct)),
        ];
        return [.. resources.Where(resource => resource.Count > 0)];
    }

    public async Task<IReadOnlyList<WorkspaceClash>> ClashesAsync(string workspace, string target, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RegistryDb>();
        var (from, to) = (await KeyAsync(db, workspace, ct), await KeyAsync(db, target, ct));
        var names = await db.Models.Where(model => model.WorkspaceId == from).Select(model => model.Name)
            .Where(name => db.Models.Any(other => other.WorkspaceId == to && other.Name == name))
            .OrderBy(name => name).Take(WorkspaceClash.AtMost).ToListAsync(ct);
        return [.. names.Select(name => new WorkspaceClash(Kind, name))];
    }

    private static Task<int> KeyAsync(RegistryDb db, string workspace, CancellationToken ct) =>
        db.Set<WorkspaceRow>().Where(row => row.Name == workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);

    private static async Task<Ok<IReadOnlyList<WorkspaceResource>>> Handle(HttpContext http, RegistryContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.CountAsync(http.Workspace(), ct));

    private static async Task<Ok<IReadOnlyList<WorkspaceClash>>> HandleClashes(
        string target, HttpContext http, RegistryContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.ClashesAsync(http.Workspace(), target, ct));
}
