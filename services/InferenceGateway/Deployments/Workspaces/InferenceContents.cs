using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Web.Identity;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.InferenceGateway.Deployments.Workspaces;

/// <summary>The deployments of a workspace: Access asks before it deletes one.</summary>
internal sealed class InferenceContents(IServiceScopeFactory scopes) : IWorkspaceContents
{
    private const string Kind = "deployments";
    private const string Path = "/api/v1/serving/facts/contents";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, Handle).WithName("inference.WorkspaceContents").Requires(AccessPolicy.Peers).ExcludeFromDescription();
        routes.MapGet(Path + "/clashes", HandleClashes).WithName("inference.WorkspaceClashes").Requires(AccessPolicy.Peers).ExcludeFromDescription();
    }

    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        var id = await KeyAsync(db, workspace, ct);
        var count = await db.Deployments.LongCountAsync(row => row.WorkspaceId == id, ct);
        return count > 0 ? [new(Kind, count)] : [];
    }

    public async Task<IReadOnlyList<WorkspaceClash>> ClashesAsync(string workspace, string target, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<InferenceDb>();
        var (from, to) = (await KeyAsync(db, workspace, ct), await KeyAsync(db, target, ct));
        var names = await db.Deployments.Where(row => row.WorkspaceId == from && db.Deployments.Any(other => other.WorkspaceId == to && other.Name == row.Name))
            .Select(row => row.Name).OrderBy(name => name).Take(WorkspaceClash.AtMost).ToListAsync(ct);
        return [.. names.Select(name => new WorkspaceClash(Kind, name))];
    }

    private static Task<int> KeyAsync(InferenceDb db, string workspace, CancellationToken ct) =>
        db.Set<WorkspaceRow>().Where(row => row.Name == workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);

    private static async Task<Ok<IReadOnlyList<WorkspaceResource>>> Handle(HttpContext http, InferenceContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.CountAsync(http.Workspace(), ct));

    private static async Task<Ok<IReadOnlyList<WorkspaceClash>>> HandleClashes(string target, HttpContext http, InferenceContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.ClashesAsync(http.Workspace(), target, ct));
}
