using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Experiments;
using MlopsPlane.ExperimentTracker.Runs;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>One round of collection: what the policies let go, then the artifacts that have no owner any more.</summary>
internal sealed class Collector(TrackerDb db, Remover remover, IArtifactStore store, TimeProvider clock, RetentionMetrics metrics)
{
    private const int BatchSize = 200;
    private const int MaxBackoffExponent = 10;

    /// <summary>Attempts after which a folder is given up: half a day of a store that refuses it.</summary>
    private const int MaxAttempts = 50;

    /// <summary>Removes what its workspace's policy no longer keeps.</summary>
    public async Task ApplyPoliciesAsync(CancellationToken ct)
    {
        foreach (var policy in await db.Set<RetentionPolicy>().AsNoTracking().ToListAsync(ct))
        {
            var until = clock.GetUtcNow().AddDays(-policy.DeletedAfterDays).ToUnixTimeMilliseconds();
            var runs = db.Set<Run>().Where(run => run.WorkspaceId == policy.WorkspaceId
                && run.LifecycleStage == Lifecycle.Deleted && run.DeletedTime <= until).Select(run => run.RunKey);
            await EachAsync(runs, async key => metrics.RunRemoved(await remover.RemoveRunAsync(key, ct)), ct);
            var experiments = db.Set<Experiment>().Where(experiment => experiment.WorkspaceId == policy.WorkspaceId
                && experiment.ExperimentId != DefaultExperiment.Id
                && experiment.LifecycleStage == Lifecycle.Deleted && experiment.LastUpdateTime <= until).Select(experiment => experiment.ExperimentKey);
            await EachAsync(experiments, key => remover.RemoveExperimentAsync(key, ct), ct);
        }
    }

    /// <summary>Deletes artifacts from the queue; what fails stays and is tried again later.</summary>
    public async Task RemoveArtifactsAsync(CancellationToken ct)
    {
        var now = clock.NowMilliseconds();
        var due = await db.Set<ArtifactRemoval>().AsNoTracking().Where(row => row.DueAt <= now).OrderBy(row => row.DueAt).Take(BatchSize).ToListAsync(ct);
        foreach (var removal in due)
        {
            try
            {
                // Files elsewhere are not ours to delete.
                if (ArtifactUri.TryResolve(removal.Uri, out var path) && !path.IsRoot)
                    await store.DeleteAsync(ArtifactScope.Place(removal.Workspace, path), ct);
                await ForgetAsync(removal, ct);
                metrics.ArtifactsRemoved();
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                metrics.Failed();
                if (removal.Attempts + 1 >= MaxAttempts)
                {
                    await ForgetAsync(removal, ct);
                    continue;
                }

                var next = now + (long)TimeSpan.FromSeconds(Math.Pow(2, Math.Min(removal.Attempts + 1, MaxBackoffExponent))).TotalMilliseconds;
                await db.WriteAsync(token => db.Set<ArtifactRemoval>().Where(row => row.RemovalKey == removal.RemovalKey)
                    .ExecuteUpdateAsync(row => row.SetProperty(one => one.Attempts, removal.Attempts + 1).SetProperty(one => one.DueAt, next), token), ct);
            }
        }
    }

    private Task<int> ForgetAsync(ArtifactRemoval removal, CancellationToken ct) =>
        db.WriteAsync(token => db.Set<ArtifactRemoval>().Where(row => row.RemovalKey == removal.RemovalKey).ExecuteDeleteAsync(token), ct);

    /// <summary>A batch at a time: a workspace may hold more than fits into memory. What cannot be removed now ends the round.</summary>
    private static async Task EachAsync(IQueryable<long> keys, Func<long, Task> remove, CancellationToken ct)
    {
        var after = long.MinValue;
        while (true)
        {
            var batch = await keys.Where(key => key > after).OrderBy(key => key).Take(BatchSize).ToListAsync(ct);
            foreach (var key in batch)
                await remove(key);
            if (batch.Count < BatchSize)
                return;
            after = batch[^1];
        }
    }
}
