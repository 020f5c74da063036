using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>
/// Removes deleted runs and experiments for good: rows at once, a run in one transaction, artifacts through a queue that
/// the same transaction fills, so that a crash leaves neither rows without files nor files without a trace.
/// </summary>
internal sealed class Remover(TrackerDb db, RetentionSignal signal)
{
    /// <summary>Removes a run; false when it is gone or was restored meanwhile.</summary>
    public async Task<bool> RemoveRunAsync(long runKey, CancellationToken ct)
    {
        var removed = await db.WriteAsync(async token =>
        {
            await db.LockRunAsync(runKey, token);
            var run = await db.Set<Run>().AsNoTracking().SingleOrDefaultAsync(row => row.RunKey == runKey, token);
            if (run is not { LifecycleStage: Lifecycle.Deleted })
                return false;
            db.Add(new ArtifactRemoval { Workspace = await WorkspaceAsync(run.WorkspaceId, token), Uri = run.ArtifactUri });
            await db.Set<Metric>().Where(row => row.RunKey == runKey).ExecuteDeleteAsync(token);
            await db.Set<Run>().Where(row => row.RunKey == runKey).ExecuteDeleteAsync(token);
            return true;
        }, ct);
        db.ChangeTracker.Clear();
        signal.Wake();
        return removed;
    }

    /// <summary>Removes an experiment with all its runs and logged models; false when it is gone or was restored meanwhile.</summary>
    public async Task<bool> RemoveExperimentAsync(long experimentKey, CancellationToken ct)
    {
        foreach (var runKey in await db.Set<Run>().Where(run => run.ExperimentKey == experimentKey).Select(run => run.RunKey).ToListAsync(ct))
            await RemoveRunAsync(runKey, ct);
        var removed = await db.WriteAsync(async token =>
        {
            var experiment = await db.Set<Experiment>().AsNoTracking().SingleOrDefaultAsync(row => row.ExperimentKey == experimentKey, token);
            if (experiment is not { LifecycleStage: Lifecycle.Deleted } || await db.Set<Run>().AnyAsync(run => run.ExperimentKey == experimentKey, token))
                return false;
            var workspace = await WorkspaceAsync(experiment.WorkspaceId, token);
            var models = await db.Set<LoggedModel>().Where(model => model.ExperimentKey == experimentKey).Select(model => model.ArtifactUri).ToListAsync(token);
            db.AddRange(models.Select(uri => new ArtifactRemoval { Workspace = workspace, Uri = uri }));
            await db.Set<Experiment>().Where(row => row.ExperimentKey == experimentKey).ExecuteDeleteAsync(token);
            return true;
        }, ct);
        db.ChangeTracker.Clear();
        signal.Wake();
        return removed;
    }

    private Task<string> WorkspaceAsync(int workspaceId, CancellationToken ct) =>
        db.Set<WorkspaceRow>().Where(row => row.Id == workspaceId).Select(row => row.Name).SingleAsync(ct);
}
