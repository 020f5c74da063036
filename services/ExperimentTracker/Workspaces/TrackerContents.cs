using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Workspaces;

/// <summary>The experiments of a workspace; the Default one, which every workspace has, counts when it was used.</summary>
internal sealed class TrackerContents(IServiceScopeFactory scopes) : IWorkspaceContents
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/v1/tracking/facts/contents", Handle).WithName("tracker.WorkspaceContents");

    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TrackerDb>();
        var id = await db.Set<WorkspaceRow>().Where(row => row.Name == workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);
        var count = await db.Set<Experiment>().Where(experiment => experiment.WorkspaceId == id)
            .Where(experiment => experiment.ExperimentId != 0
                || db.Set<Run>().Any(run => run.ExperimentKey == experiment.ExperimentKey))
            .LongCountAsync(ct);
        return count == 0 ? [] : [new WorkspaceResource("experiments", count)];
    }

    private static async Task<Ok<IReadOnlyList<WorkspaceResource>>> Handle(HttpContext http, TrackerContents contents, CancellationToken ct) =>
        TypedResults.Ok(await contents.CountAsync(http.Workspace(), ct));
}
