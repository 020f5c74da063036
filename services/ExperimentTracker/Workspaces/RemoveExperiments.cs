using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Metrics;
using MlopsPlane.ExperimentTracker.Registrations;
using MlopsPlane.ExperimentTracker.Retention;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;

namespace MlopsPlane.ExperimentTracker.Workspaces;

/// <summary>Removes the experiments of a deleted workspace with all that hangs on them; their files went with the workspace.</summary>
internal sealed class RemoveExperiments : IWorkspaceRemover<TrackerDb>
{
    private const int RunsAtOnce = 50;

    public async Task<bool> RemoveSomeAsync(TrackerDb db, int workspaceId, CancellationToken ct)
    {
        var runs = await db.Set<Run>().Where(run => run.WorkspaceId == workspaceId).OrderBy(run => run.RunKey).Take(RunsAtOnce).Select(run => run.RunKey).ToListAsync(ct);
        if (runs.Count > 0)
        {
            await db.Set<Metric>().Where(metric => runs.Contains(metric.RunKey)).ExecuteDeleteAsync(ct);
            await db.Set<Run>().Where(run => runs.Contains(run.RunKey)).ExecuteDeleteAsync(ct);
            return true;
        }

        await db.Set<LoggedModel>().Where(model => model.WorkspaceId == workspaceId).ExecuteDeleteAsync(ct);
        await db.Set<Experiment>().Where(experiment => experiment.WorkspaceId == workspaceId).ExecuteDeleteAsync(ct);
        await db.Set<Registration>().Where(registration => registration.WorkspaceId == workspaceId).ExecuteDeleteAsync(ct);
        await db.Set<RetentionPolicy>().Where(policy => policy.WorkspaceId == workspaceId).ExecuteDeleteAsync(ct);
        await db.Set<ExperimentCounter>().Where(counter => counter.WorkspaceId == workspaceId).ExecuteDeleteAsync(ct);
        return false;
    }
}
