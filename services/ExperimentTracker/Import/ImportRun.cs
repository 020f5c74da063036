using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>
/// <c>POST /api/v1/tracking/import/runs</c>: makes a run with its start time, user and, when that is free, its id; or opens
/// the one again that came from the same origin before. It runs until it is completed; in between MLflow's endpoints add to it.
/// </summary>
internal static class ImportRun
{
    private const int MaxUser = 256;

    /// <param name="Source">Names the other server, the same in every attempt.</param>
    /// <param name="RunId">Its id there; it is kept when it is 32 hex digits that no run of the product has.</param>
    /// <param name="ExperimentId">The experiment here, of any stage.</param>
    /// <param name="StartTime">Milliseconds since 1970 UTC.</param>
    public sealed record Request(
        string Source, string RunId, string ExperimentId, string? Name, string? UserId, long StartTime, IReadOnlyDictionary<string, string>? Tags);

    /// <param name="RunId">Its id here.</param>
    /// <param name="Outcome"><c>created</c> or <c>resumed</c>.</param>
    public sealed record Response(string RunId, string ExperimentId, string ArtifactUri, string Outcome);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces,
        [FromKeyedServices(TrackerModule.ServiceName)] OutboxSignal signal, TimeProvider clock, CancellationToken ct)
    {
        var origin = ImportOrigin.Of(request.Source, request.RunId, "runId");
        ImportRules.Time(request.StartTime, "startTime");
        if (request.UserId?.Length > MaxUser)
            throw PlaneError.Invalid("too_long", $"'userId' exceeds the maximum length of {MaxUser} characters.").ToException();
        var tags = ImportRules.Tags(request.Tags, static (key, value) => EntityRules.RunTagAtCreation(key, value, "tags."));
        tags[ImportOrigin.Tag] = origin.Text;
        var name = request.Name is { Length: > 0 } given ? given : tags.GetValueOrDefault(CreateRun.NameTag, "");
        // A run of an old server may have no name at all; one that has shows it in both places.
        if (name.Length > 0)
            tags[CreateRun.NameTag] = name;
        var workspace = await workspaces.ResolveAsync(http);
        var answer = await db.WriteAsync(async token =>
        {
            // Before looking: who waits for another importer of the same run then sees the run that it made.
            await db.LockNewIdAsync(origin.Id, token);
            if (await db.FindImportedAsync(workspace, origin, token) is { } known)
                return await ReopenAsync(db, known, name, tags, token);
            var experiment = await db.FindAsync(workspace, request.ExperimentId, gate: null, token);
            var run = New(experiment, await db.FreeRunIdAsync(workspace, origin, token), name, request);
            db.Add(run);
            await db.SaveChangesAsync(token);
            db.AddRange(tags.Select(tag => new RunTag { RunKey = run.RunKey, ExperimentKey = run.ExperimentKey, Key = tag.Key, Value = tag.Value }));
            var experimentId = experiment.ExperimentId.ToString(CultureInfo.InvariantCulture);
            await db.PublishAsync(
                new RunStarted(http.Workspace(), experimentId, run.RunId, run.Name, run.UserId, run.StartTime, run.ArtifactUri), clock, token);
            return new Response(run.RunId, experimentId, run.ArtifactUri, "created");
        }, ct);
        signal.Wake();
        return TypedResults.Ok(answer);
    }

    private static async Task<Response> ReopenAsync(
        TrackerDb db, Run run, string name, SortedDictionary<string, string> tags, CancellationToken ct)
    {
        (run.LifecycleStage, run.DeletedTime) = (Lifecycle.Active, null);
        if (name.Length > 0)
            run.Name = name;
        await db.SaveChangesAsync(ct);
        foreach (var (key, value) in tags)
            await db.Database.ExecuteSqlAsync($"""
                INSERT INTO tags (run_key, experiment_key, key, value) VALUES ({run.RunKey}, {run.ExperimentKey}, {key}, {value})
                ON CONFLICT (run_key, key) DO UPDATE SET value = excluded.value
                """, ct);
        var experimentId = await db.Set<Experiment>().Where(row => row.ExperimentKey == run.ExperimentKey).Select(row => row.ExperimentId).SingleAsync(ct);
        return new Response(run.RunId, experimentId.ToString(CultureInfo.InvariantCulture), run.ArtifactUri, "resumed");
    }

    private static Run New(Experiment experiment, string id, string name, Request request) => new()
    {
        WorkspaceId = experiment.WorkspaceId,
        RunId = id,
        ExperimentKey = experiment.ExperimentKey,
        Name = name,
        UserId = request.UserId ?? "",
        Status = RunStatus.Running,
        StartTime = request.StartTime,
        ArtifactUri = ArtifactLocation.Append(experiment.ArtifactLocation, id, "artifacts"),
    };
}
