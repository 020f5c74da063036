using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.LoggedModels;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;

namespace MlopsPlane.ExperimentTracker.Workspaces;

/// <summary>The experiments of a workspace, deleted ones included.</summary>
internal sealed class TrackerContents(IServiceScopeFactory scopes) : IWorkspaceContents
{
    private const string Kind = "experiments";

    /// <summary>The experiments that somebody made or used; the Default one is there from the start.</summary>
    public static IQueryable<Experiment> Used(TrackerDb db, int workspaceId) =>
        db.Set<Experiment>().Where(experiment => experiment.WorkspaceId == workspaceId)
            .Where(experiment => experiment.ExperimentId != DefaultExperiment.Id || experiment.Name != DefaultExperiment.Name
                || db.Set<Run>().Any(run => run.ExperimentKey == experiment.ExperimentKey)
                || db.Set<LoggedModel>().Any(model => model.ExperimentKey == experiment.ExperimentKey));

    public async Task<IReadOnlyList<WorkspaceResource>> CountAsync(string workspace, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TrackerDb>();
        var count = await Used(db, await KeyAsync(db, workspace, ct)).LongCountAsync(ct);
        return count == 0 ? [] : [new WorkspaceResource(Kind, count)];
    }

    public async Task<IReadOnlyList<WorkspaceClash>> ClashesAsync(string workspace, string target, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TrackerDb>();
        var (from, to) = (await KeyAsync(db, workspace, ct), await KeyAsync(db, target, ct));
        var names = await Used(db, from).Select(experiment => experiment.Name)
            .Where(name => db.Set<Experiment>().Any(other => other.WorkspaceId == to && other.Name == name))
            .OrderBy(name => name).Take(WorkspaceClash.AtMost).ToListAsync(ct);
        return [.. names.Select(name => new WorkspaceClash(Kind, name))];
    }

    private static Task<int> KeyAsync(TrackerDb db, string workspace, CancellationToken ct) =>
        db.Set<WorkspaceRow>().Where(row => row.Name == workspace).Select(row => row.Id).SingleOrDefaultAsync(ct);
}
