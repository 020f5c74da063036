using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.Contracts.ExperimentTracker.V1;
using MlopsPlane.ModelRegistry.Storage;

namespace MlopsPlane.ModelRegistry.Lineage;

/// <summary>Stores what is known of a run, in the transaction that the caller has open.</summary>
internal sealed class RunLearner(RegistryDb db, TimeProvider clock)
{
    private static readonly string[] Terminal = ["FINISHED", "FAILED", "KILLED"];

    public async Task LearnAsync(int workspaceId, RunFacts facts, CancellationToken ct)
    {
        // The upsert takes the row lock, so two writers that learn the same run follow one another.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO known_runs (workspace_id, run_id, experiment_id, run_name, status, start_time, end_time, learnt_at)
            VALUES ({workspaceId}, {facts.RunId}, {facts.ExperimentId}, {facts.RunName}, {facts.Status}, {facts.StartTime}, {facts.EndTime}, {clock.NowMicroseconds()})
            ON CONFLICT (workspace_id, run_id) DO UPDATE SET experiment_id = excluded.experiment_id, run_name = excluded.run_name,
                status = excluded.status, start_time = excluded.start_time, end_time = excluded.end_time, learnt_at = excluded.learnt_at
            """, ct);
        await db.Set<KnownMetric>().Where(row => row.WorkspaceId == workspaceId && row.RunId == facts.RunId).ExecuteDeleteAsync(ct);
        await db.Set<KnownDataset>().Where(row => row.WorkspaceId == workspaceId && row.RunId == facts.RunId).ExecuteDeleteAsync(ct);
        db.AddRange(facts.Metrics.Where(metric => double.IsFinite(metric.Value)).Select(metric => new KnownMetric
        {
            WorkspaceId = workspaceId,
            RunId = facts.RunId,
            Key = metric.Key,
            Value = metric.Value,
        }));
        db.AddRange(facts.Datasets.Select((dataset, position) => new KnownDataset
        {
            WorkspaceId = workspaceId,
            RunId = facts.RunId,
            Position = position,
            Name = dataset.Name,
            Digest = dataset.Digest,
            SourceType = dataset.SourceType,
            Context = dataset.Context,
        }));
    }

    /// <summary>True while what is known of the run may still change, or nothing is known.</summary>
    public async Task<bool> IsOpenAsync(int workspaceId, string runId, CancellationToken ct) =>
        !await db.Set<KnownRun>().AnyAsync(row => row.WorkspaceId == workspaceId && row.RunId == runId
            && row.LearntAt != KnownRun.Stale && Terminal.Contains(row.Status), ct);

    /// <summary>True for a run that moved with its model and that the tracker has not been asked for since.</summary>
    public Task<bool> IsStaleAsync(int workspaceId, string runId, CancellationToken ct) =>
        db.Set<KnownRun>().AnyAsync(row => row.WorkspaceId == workspaceId && row.RunId == runId && row.LearntAt == KnownRun.Stale, ct);

    public Task LearnAsync(int workspaceId, RunFinished fact, CancellationToken ct) => LearnAsync(workspaceId, new RunFacts(
        fact.RunId, fact.ExperimentId, fact.RunName, "", fact.Status, fact.StartTime, fact.EndTime, fact.Metrics, fact.Params, fact.Datasets), ct);
}
