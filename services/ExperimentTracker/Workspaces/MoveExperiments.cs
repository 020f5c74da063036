using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Retention;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;

namespace MlopsPlane.ExperimentTracker.Workspaces;

/// <summary>
/// Moves the experiments of a workspace with all that hangs on them. They get new ids, because ids count per workspace;
/// the keys of the service stay, so tables that know no workspace are not touched.
/// </summary>
internal sealed class MoveExperiments : IWorkspaceMover<TrackerDb>
{
    public async Task MoveAsync(TrackerDb db, WorkspaceMove move, CancellationToken ct)
    {
        var (runs, models) = (db.Set<Run>().Where(run => run.WorkspaceId == move.From), db.Set<LoggedModel>().Where(model => model.WorkspaceId == move.From));
        var experiments = TrackerContents.Used(db, move.From);
        await experiments.FollowAsync(nameof(Experiment.ArtifactLocation), move.Files, ct);
        await runs.FollowAsync(nameof(Run.ArtifactUri), move.Files, ct);
        await models.FollowAsync(nameof(LoggedModel.ArtifactUri), move.Files, ct);
        await MoveExperimentsAsync(db, move, ct);
        await runs.ExecuteUpdateAsync(set => set.SetProperty(run => run.WorkspaceId, move.To), ct);
        await models.ExecuteUpdateAsync(set => set.SetProperty(model => model.WorkspaceId, move.To), ct);
        await MoveRegistrationsAsync(db, move, ct);
        await MoveRemovalsAsync(db, move, ct);
    }

    private static async Task MoveExperimentsAsync(TrackerDb db, WorkspaceMove move, CancellationToken ct)
    {
        var moving = await TrackerContents.Used(db, move.From).OrderBy(experiment => experiment.ExperimentId)
            .Select(experiment => new { experiment.ExperimentKey, experiment.Name }).ToListAsync(ct);
        var taken = (await db.Set<Experiment>().Where(experiment => experiment.WorkspaceId == move.To).Select(experiment => experiment.Name).ToListAsync(ct))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var experiment in moving)
        {
            var (id, name) = (await ExperimentIds.NextAsync(db, move.To, ct), move.FreeName(experiment.Name, taken));
            taken.Add(name);
            await db.Set<Experiment>().Where(row => row.ExperimentKey == experiment.ExperimentKey).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.WorkspaceId, move.To).SetProperty(row => row.ExperimentId, id).SetProperty(row => row.Name, name), ct);
        }
    }

    private static async Task MoveRegistrationsAsync(TrackerDb db, WorkspaceMove move, CancellationToken ct)
    {
        // A version that the target knows already is one of a model that took the name meanwhile.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO registrations (workspace_id, model, version, run_id, logged_model_id)
            SELECT {move.To}, model, version, run_id, logged_model_id FROM registrations WHERE workspace_id = {move.From}
            ON CONFLICT DO NOTHING
            """, ct);
        await db.Database.ExecuteSqlAsync($"DELETE FROM registrations WHERE workspace_id = {move.From}", ct);
    }

    /// <summary>Files whose owner is gone move with the others before they are deleted.</summary>
    private static async Task MoveRemovalsAsync(TrackerDb db, WorkspaceMove move, CancellationToken ct)
    {
        var removals = db.Set<ArtifactRemoval>().Where(removal => removal.Workspace == move.Name);
        await removals.FollowAsync(nameof(ArtifactRemoval.Uri), move.Files, ct);
        await removals.ExecuteUpdateAsync(set => set.SetProperty(removal => removal.Workspace, move.Target), ct);
    }
}
