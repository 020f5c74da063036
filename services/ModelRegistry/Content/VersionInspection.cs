using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Contracts.ExperimentTracker;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.ModelRegistry.Lineage;
using MlopsPlane.ModelRegistry.Storage;
using MlopsPlane.ModelRegistry.Versions;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>One reading of one version: its files, or their comparison with what they were, and the facts of its run.</summary>
internal sealed class VersionInspection(RegistryDb db, ContentReader reader, IRunFacts runs, RunLearner learner, TimeProvider clock)
{
    private const int MaxAttempts = 8;
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    // Files may still be on their way when a version is registered.
    private static readonly TimeSpan[] WaitForFiles = [TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10)];

    /// <summary>Takes the version until <paramref name="lease"/>; false when somebody else did.</summary>
    public async Task<bool> TakeAsync(DueVersion due, long lease, CancellationToken ct) =>
        await db.WriteAsync(token => Row(due).Where(row => row.DueAt == due.DueAt)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, lease), token), ct) == 1;

    /// <summary>Reads and stores; returns the outcome's name.</summary>
    public async Task<string> RunAsync(DueVersion due, CancellationToken ct)
    {
        if (await PlaceAsync(due, ct) is not { } place)
            return "gone";
        var learnt = await TryLearnAsync(place, ct);
        db.ChangeTracker.Clear();
        var found = place.NeedsFiles ? await reader.ReadAsync(place.Workspace, place.Location, ct) : null;
        return await db.WriteAsync(async token =>
        {
            var content = await Row(due).SingleOrDefaultAsync(token);
            if (content is null)
                return "gone";
            content.DueAt = null;
            var outcome = !place.NeedsFiles ? "learnt"
                : content.Digest is not null ? await CompareAsync(content, found, token)
                : found is null || found.Files.Count == 0 ? Miss(content, found)
                : Store(content, found);
            if (!learnt && content.DueAt is null && content.Attempts++ < MaxAttempts)
                content.DueAt = clock.NowMicroseconds() + ((long)AskAgain.TotalMilliseconds * 1000);
            return outcome;
        }, ct);
    }

    public Task RecordFailureAsync(DueVersion due, Exception failure, CancellationToken ct)
    {
        db.ChangeTracker.Clear();
        return db.WriteAsync(async token =>
        {
            if (await Row(due).SingleOrDefaultAsync(token) is not { } content)
                return;
            content.Attempts++;
            content.Reason = failure.Message.Length > 1000 ? failure.Message[..1000] : failure.Message;
            var seconds = Math.Min(600, Math.Pow(2, content.Attempts));
            content.DueAt = content.Attempts < MaxAttempts ? clock.NowMicroseconds() + (long)(seconds * 1_000_000) : null;
            if (content.DueAt is null && content.Digest is null)
                content.State = VersionContent.Failed;
        }, ct);
    }

    /// <summary>False when the tracker cannot tell now; what the files are does not wait for it.</summary>
    private async Task<bool> TryLearnAsync(Place place, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(place.RunId) || !await learner.IsOpenAsync(place.WorkspaceId, place.RunId, ct))
            return true;
        try
        {
            if (await runs.FindRunAsync(place.Workspace, place.RunId, ct) is not { } facts)
                // The tracker may not have moved it yet.
                return !await learner.IsStaleAsync(place.WorkspaceId, place.RunId, ct);
            await db.WriteAsync(token => learner.LearnAsync(place.WorkspaceId, facts, token), ct);
            return true;
        }
        catch (PlaneException away) when (away.Error.Status == StatusCodes.Status503ServiceUnavailable)
        {
            return false;
        }
    }

    private IQueryable<VersionContent> Row(DueVersion due) =>
        db.Set<VersionContent>().Where(row => row.ModelKey == due.ModelKey && row.Version == due.Version);

    private Task<Place?> PlaceAsync(DueVersion due, CancellationToken ct) =>
        db.Versions.Where(row => row.ModelKey == due.ModelKey && row.Version == due.Version && row.CurrentStage != Stage.Deleted)
            .Join(db.Set<WorkspaceRow>(), row => row.WorkspaceId, workspace => workspace.Id,
                (row, workspace) => new { workspace.Id, workspace.Name, row.StorageLocation, row.RunId })
            .Join(Row(due), _ => true, _ => true,
                (row, content) => new Place(row.Id, row.Name, row.StorageLocation, row.RunId, content.Digest == null || content.CheckRequested))
            .SingleOrDefaultAsync(ct);

    private string Miss(VersionContent content, FoundContent? found)
    {
        if (found is not null && content.Attempts < WaitForFiles.Length)
        {
            content.DueAt = clock.NowMicroseconds() + ((long)WaitForFiles[content.Attempts++].TotalMilliseconds * 1000);
            content.Reason = "There are no files at the version's location yet.";
            return "waiting";
        }

        content.State = VersionContent.Unavailable;
        content.Reason = found is null ? "The version's files are not in this product's artifact store." : "There are no files at the version's location.";
        return VersionContent.Unavailable;
    }

    private string Store(VersionContent content, FoundContent found)
    {
        (content.State, content.Reason, content.Attempts) = (VersionContent.Complete, null, 0);
        (content.Digest, content.FileCount) = (found.Digest, found.Files.Count);
        content.TotalBytes = found.Files.Sum(file => file.Size);
        content.InspectedAt = clock.NowMicroseconds();
        db.AddRange(found.Files.Select((file, number) => new VersionFile
        {
            ModelKey = content.ModelKey,
            Version = content.Version,
            Number = number,
            WorkspaceId = content.WorkspaceId,
            Path = file.Path,
            Size = file.Size,
            Sha256 = file.Sha256,
        }));
        // Of several ONNX files the one nearest to the root is the model; the others belong to it.
        var main = found.Files.Where(file => file.Signature is not null).MinBy(file => (file.Path.Count(c => c == '/'), file.Path.Length));
        if (main is not null)
            db.AddRange(SignatureRows.Of(content, main.Path, main.Signature!));
        return VersionContent.Complete;
    }

    private async Task<string> CompareAsync(VersionContent content, FoundContent? found, CancellationToken ct)
    {
        (content.CheckedAt, content.CheckRequested, content.Attempts, content.Reason) = (clock.NowMicroseconds(), false, 0, null);
        if (found?.Digest == content.Digest)
        {
            (content.CheckResult, content.CheckDetail) = (VersionContent.Intact, null);
            return VersionContent.Intact;
        }

        var before = await db.Set<VersionFile>().AsNoTracking().Where(row => row.ModelKey == content.ModelKey && row.Version == content.Version)
            .ToDictionaryAsync(row => row.Path, row => row.Sha256, StringComparer.Ordinal, ct);
        (content.CheckResult, content.CheckDetail) = (VersionContent.Changed, ContentDifference.Describe(before, found?.Files ?? []));
        return VersionContent.Changed;
    }

    private sealed record Place(int WorkspaceId, string Workspace, string Location, string? RunId, bool NeedsFiles);
}
