using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary><c>GET /api/v1/tracking/import/runs/{runId}?source=…</c>: what became of another server's run.</summary>
internal static class FindImportedRun
{
    /// <param name="RunId">Its id here.</param>
    public sealed record Response(string RunId, string ExperimentId, string ArtifactUri);

    /// <param name="runId">The run's id at its origin.</param>
    public static async Task<Ok<Response>> Handle(
        string runId, string? source, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var origin = ImportOrigin.Of(source, runId, "runId");
        var run = await db.FindImportedAsync(await workspaces.ResolveAsync(http), origin, ct) ?? throw NotFound(runId);
        var experiment = await db.Set<Experiment>().Where(row => row.ExperimentKey == run.ExperimentKey).Select(row => row.ExperimentId).SingleAsync(ct);
        return TypedResults.Ok(new Response(run.RunId, experiment.ToString(CultureInfo.InvariantCulture), run.ArtifactUri));
    }

    public static PlaneException NotFound(string runId) =>
        PlaneError.NotFound("run_not_found", $"No run was imported as '{runId}' from that source.").ToException();
}
