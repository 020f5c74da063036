using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Content;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;

namespace MlopsPlane.ModelRegistry.Workspaces;

/// <summary>Moves the models of a workspace with their versions, their history and what is known of their runs, and its webhooks.</summary>
internal sealed class MoveModels(TimeProvider clock) : IWorkspaceMover<RegistryDb>
{
    public async Task MoveAsync(RegistryDb db, WorkspaceMove move, CancellationToken ct)
    {
        var versions = db.Versions.Where(version => version.WorkspaceId == move.From);
        await versions.FollowAsync(nameof(ModelVersion.Source), move.Files, ct);
        await versions.FollowAsync(nameof(ModelVersion.StorageLocation), move.Files, ct);
        await LearnRunsAgainAsync(db, move, ct);
        await MoveModelsAsync(db, move, ct);
        await versions.ExecuteUpdateAsync(set => set.SetProperty(version => version.WorkspaceId, move.To), ct);
        await db.Set<VersionContent>().Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        await db.Set<VersionFile>().Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        await db.Set<SignatureTensor>().Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        // Names of webhooks may repeat, so none clashes.
        await db.Webhooks.Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        await db.History.Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
    }

    private static async Task MoveModelsAsync(RegistryDb db, WorkspaceMove move, CancellationToken ct)
    {
        var moving = await db.Models.Where(model => model.WorkspaceId == move.From).Select(model => new { model.ModelKey, model.Name }).ToListAsync(ct);
        var taken = (await db.Models.Where(model => model.WorkspaceId == move.To).Select(model => model.Name).ToListAsync(ct))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var clash in moving.Where(model => taken.Contains(model.Name)).ToList())
        {
            var name = move.FreeName(clash.Name, taken);
            taken.Add(name);
            await db.Models.Where(model => model.ModelKey == clash.ModelKey).ExecuteUpdateAsync(set => set.SetProperty(model => model.Name, name), ct);
        }

        await db.Models.Where(model => model.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(model => model.WorkspaceId, move.To), ct);
    }

    /// <summary>
    /// Takes along what is known of the runs and asks the tracker again for each that a version came from: their
    /// experiments get other ids there.
    /// </summary>
    private async Task LearnRunsAgainAsync(RegistryDb db, WorkspaceMove move, CancellationToken ct)
    {
        var runs = db.Set<KnownRun>().Where(run => run.WorkspaceId == move.From);
        var now = clock.NowMicroseconds();
        await db.Set<VersionContent>().Where(content => content.WorkspaceId == move.From && content.DueAt == null)
            .Where(content => db.Versions.Any(version => version.ModelKey == content.ModelKey && version.Version == content.Version
                && runs.Any(run => run.RunId == version.RunId)))
            .ExecuteUpdateAsync(set => set.SetProperty(content => content.DueAt, now), ct);
        // A version made in the target meanwhile may have taught it the run already.
        await runs.Where(run => db.Set<KnownRun>().Any(other => other.WorkspaceId == move.To && other.RunId == run.RunId)).ExecuteDeleteAsync(ct);
        // Rows refer to the run by the workspace's key too, so the run is written anew before they follow it.
        await db.Database.ExecuteSqlAsync($"""
            INSERT INTO known_runs (workspace_id, run_id, experiment_id, run_name, status, start_time, end_time, learnt_at)
            SELECT {move.To}, run_id, experiment_id, run_name, status, start_time, end_time, {KnownRun.Stale} FROM known_runs WHERE workspace_id = {move.From}
            """, ct);
        await db.Set<KnownMetric>().Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        await db.Set<KnownDataset>().Where(row => row.WorkspaceId == move.From)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.WorkspaceId, move.To), ct);
        await runs.ExecuteDeleteAsync(ct);
    }
}
