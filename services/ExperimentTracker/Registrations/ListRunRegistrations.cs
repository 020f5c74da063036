using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Registrations;

/// <summary><c>GET /api/v1/tracking/runs/{runId}/registrations</c>: the model versions that were registered from a run.</summary>
internal static class ListRunRegistrations
{
    private const int MaxResults = 1000;

    public sealed record Response(IReadOnlyList<RegisteredVersion> Registrations);

    /// <param name="Model">Name of the registered model.</param>
    /// <param name="LoggedModelId">The logged model that the version was registered from, if any.</param>
    public sealed record RegisteredVersion(string Model, int Version, string? LoggedModelId);

    public static async Task<Ok<Response>> Handle(
        string runId, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        await http.RequireRunAsync(workspace, runId, ct);
        if (!await db.Set<Run>().AnyAsync(run => run.WorkspaceId == workspace && run.RunId == runId, ct))
            throw PlaneError.NotFound("run_not_found", $"There is no run '{runId}'.").ToException();
        var found = await db.Set<Registration>().AsNoTracking()
            .Where(row => row.WorkspaceId == workspace && row.RunId == runId)
            .OrderBy(row => row.Model).ThenBy(row => row.Version).Take(MaxResults)
            .Select(row => new RegisteredVersion(row.Model, row.Version, row.LoggedModelId)).ToListAsync(ct);
        return TypedResults.Ok(new Response(found));
    }
}
