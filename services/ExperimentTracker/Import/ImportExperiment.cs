using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.Access;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs.Rules;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Web.Workspaces;

namespace MlopsPlane.ExperimentTracker.Import;

/// <summary>
/// <c>POST /api/v1/tracking/import/experiments</c>: makes an experiment with its times and, when that is free, its id; or
/// brings the one up to date that came from the same origin before. The other server's Default is this workspace's Default.
/// </summary>
internal static class ImportExperiment
{
    private const int MaxAttempts = 3;

    /// <param name="Source">Names the other server, the same in every attempt.</param>
    /// <param name="ExperimentId">Its id there.</param>
    /// <param name="CreationTime">Milliseconds since 1970 UTC.</param>
    /// <param name="LastUpdateTime">Milliseconds since 1970 UTC.</param>
    /// <param name="LifecycleStage"><c>active</c> or <c>deleted</c>; active when absent.</param>
    public sealed record Request(
        string Source, string ExperimentId, string Name, long CreationTime, long LastUpdateTime, string? LifecycleStage,
        IReadOnlyDictionary<string, string>? Tags);

    /// <param name="ExperimentId">Its id here.</param>
    /// <param name="Name">Its name here: it may have been renamed since it was imported.</param>
    /// <param name="Outcome"><c>created</c>, <c>resumed</c>, or <c>merged</c> into the workspace's Default.</param>
    public sealed record Response(string ExperimentId, string Name, string ArtifactLocation, string Outcome);

    public static async Task<Ok<Response>> Handle(
        Request request, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, IWorkspaceDirectory directory, CancellationToken ct)
    {
        var origin = ImportOrigin.Of(request.Source, request.ExperimentId, "experimentId");
        var stage = ImportRules.Stage(request.LifecycleStage);
        ImportRules.Time(request.CreationTime, "creationTime");
        ImportRules.Time(request.LastUpdateTime, "lastUpdateTime");
        if (string.IsNullOrEmpty(request.Name))
            throw PlaneError.Invalid("missing_value", "'name' must not be empty.").ToException();
        ExperimentRules.CheckName(request.Name);
        var tags = ImportRules.Tags(request.Tags, static (key, value) =>
        {
            EntityRules.CheckExperimentTagAtCreation(key, value);
            return new(key, value);
        });
        var workspace = await workspaces.ResolveAsync(http);
        var root = await directory.ArtifactRootAsync(http.Workspace(), ct);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return TypedResults.Ok(await db.WriteAsync(async token =>
                {
                    var (experiment, outcome) = await FindAsync(db, workspace, origin, request.Name, token);
                    if (experiment is null)
                        experiment = await AddAsync(db, workspace, origin, request, id => ArtifactLocation.Default(http.Workspace(), root, id), token);
                    else if (outcome == "resumed")
                        experiment.LastUpdateTime = request.LastUpdateTime;
                    if (outcome != "merged")
                    {
                        experiment.LifecycleStage = stage;
                        tags[ImportOrigin.Tag] = origin.Text;
                    }

                    await db.SaveChangesAsync(token);
                    foreach (var (key, value) in tags)
                        await db.Database.ExecuteSqlAsync($"""
                            INSERT INTO experiment_tags (experiment_key, key, value) VALUES ({experiment.ExperimentKey}, {key}, {value})
                            ON CONFLICT (experiment_key, key) DO UPDATE SET value = excluded.value
                            """, token);
                    return new Response(Text(experiment.ExperimentId), experiment.Name, experiment.ArtifactLocation, outcome);
                }, ct));
            }
            catch (DbUpdateException raced) when (attempt < MaxAttempts && db.Provider.IsDuplicateKey(raced))
            {
                // Somebody took the name or the id in the meantime; this time it is seen.
                db.ChangeTracker.Clear();
            }
        }
    }

    private static async Task<(Experiment? Found, string Outcome)> FindAsync(
        TrackerDb db, int workspace, ImportOrigin origin, string name, CancellationToken ct)
    {
        var known = await db.Set<Experiment>().Where(row => row.WorkspaceId == workspace)
            .Where(row => db.Set<ExperimentTag>().Any(tag => tag.ExperimentKey == row.ExperimentKey && tag.Key == ImportOrigin.Tag && tag.Value == origin.Text))
            .OrderBy(row => row.ExperimentKey).FirstOrDefaultAsync(ct);
        if (known is not null)
            return (known, "resumed");
        var named = await db.Set<Experiment>().SingleOrDefaultAsync(row => row.WorkspaceId == workspace && row.Name == name, ct);
        if (named is null)
            return (null, "created");
        if (origin.Id == Text(DefaultExperiment.Id) && named.ExperimentId == DefaultExperiment.Id)
            return (named, "merged");
        throw PlaneError.Conflict("experiment_name_taken", $"Another experiment has the name '{name}'.").ToException();
    }

    private static async Task<Experiment> AddAsync(
        TrackerDb db, int workspace, ImportOrigin origin, Request request, Func<long, string> location, CancellationToken ct)
    {
        var wished = long.TryParse(origin.Id, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Text(id) == origin.Id && id > 0 ? id : 0;
        await ExperimentIds.RaiseAsync(db, workspace, wished, ct);
        if (wished == 0 || await db.Set<Experiment>().AnyAsync(row => row.WorkspaceId == workspace && row.ExperimentId == wished, ct))
            wished = await ExperimentIds.NextAsync(db, workspace, ct);
        var experiment = new Experiment
        {
            WorkspaceId = workspace,
            ExperimentId = wished,
            Name = request.Name,
            ArtifactLocation = location(wished),
            CreationTime = request.CreationTime,
            LastUpdateTime = request.LastUpdateTime,
        };
        db.Add(experiment);
        return experiment;
    }

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
