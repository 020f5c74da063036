using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Metrics.Chunks;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Runs.Facts;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Mlflow.Requests;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>
/// <c>POST /api/v1/tracking/import/runs/{runId}/complete</c>: gives an imported run the status, end time and stage that it
/// has at its origin, after everything else of it has arrived; its end is published once.
/// </summary>
internal static class CompleteImportedRun
{
    /// <param name="Source">Names the other server, as when the run was imported.</param>
    /// <param name="Status">RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.</param>
    /// <param name="EndTime">Milliseconds since 1970 UTC; null while it runs.</param>
    /// <param name="LifecycleStage"><c>active</c> or <c>deleted</c>; active when absent.</param>
    public sealed record Request(string Source, string Status, long? EndTime, string? LifecycleStage);

    public sealed record Response(string RunId, string Status, long? EndTime, string LifecycleStage);

    public static async Task<Ok<Response>> Handle(
        string runId, Request request, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces,
        [FromKeyedServices(TrackerModule.ServiceName)] OutboxSignal signal, CompactionQueue compaction, TimeProvider clock, CancellationToken ct)
    {
        var origin = ImportOrigin.Of(request.Source, runId, "runId");
        var stage = ImportRules.Stage(request.LifecycleStage);
        if (!ProtoEnum.RunStatus.Names.Contains(request.Status))
            throw PlaneError.Invalid("invalid_status", $"'status' must be one of {string.Join(", ", ProtoEnum.RunStatus.Names)}.").ToException();
        if (request.EndTime is { } end)
            ImportRules.Time(end, "endTime");
        var workspace = await workspaces.ResolveAsync(http);
        var (answer, ended) = await db.WriteAsync(async token =>
        {
            var run = await db.FindImportedAsync(workspace, origin, token) ?? throw FindImportedRun.NotFound(runId);
            var finished = request.Status != run.Status && RunStatus.IsTerminal(request.Status);
            (run.Status, run.EndTime, run.LifecycleStage) = (request.Status, request.EndTime, stage);
            run.DeletedTime = stage == Lifecycle.Deleted ? clock.NowMilliseconds() : null;
            if (finished)
            {
                var experimentId = await db.Set<Experiment>().Where(row => row.ExperimentKey == run.ExperimentKey).Select(row => row.ExperimentId).SingleAsync(token);
                await db.PublishAsync(await RunSummary.FinishedAsync(db, workspace, http.Workspace(), run.ToInfo(experimentId), token), clock, token);
            }

            return (new Response(run.RunId, run.Status, run.EndTime, run.LifecycleStage), finished ? run.RunKey : (long?)null);
        }, ct);
        signal.Wake();
        if (ended is { } runKey)
            compaction.Add(new(runKey, Key: null));
        return TypedResults.Ok(answer);
    }
}
