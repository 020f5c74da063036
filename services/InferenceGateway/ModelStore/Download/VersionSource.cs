using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.InferenceGateway.ModelStore.Format;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.InferenceGateway.ModelStore.Download;

/// <summary>A version's files where they were uploaded to.</summary>
internal sealed class VersionSource
{
    private const int MaxFiles = 10_000;
    private const int MaxDepth = 64;
    private readonly IArtifactStore store;
    private readonly ModelVersionFacts facts;
    private readonly ArtifactPath root;

    private VersionSource(IArtifactStore store, ModelVersionFacts facts, ArtifactPath root) => (this.store, this.facts, this.root) = (store, facts, root);

    /// <summary>The version, for messages.</summary>
    public string Title => $"{facts.Model} version {facts.Version}";

    /// <exception cref="ModelRefusedException">The files are elsewhere.</exception>
    public static VersionSource Of(IArtifactStore store, string workspace, ModelVersionFacts facts)
    {
        try
        {
            if (ArtifactUri.TryResolve(facts.StorageLocation, out var path))
                return new VersionSource(store, facts, ArtifactScope.Place(workspace, path));
        }
        catch (PlaneException other) when (other.Error.Status == 400)
        {
            // It names the files of another workspace.
        }

        throw new ModelRefusedException(
            $"{facts.Model} version {facts.Version} cannot be served: its files are at '{facts.StorageLocation}', which is not in this product's artifact store for "
            + $"workspace '{workspace}'. Log the model to a run here and register it from there.");
    }

    /// <summary>All files, in order of their paths; those that the registry has read with their digests.</summary>
    /// <exception cref="ModelRefusedException">There are too many, or their names cannot be kept.</exception>
    /// <exception cref="PlaneException">503: there are no files yet.</exception>
    public async Task<IReadOnlyList<WantedFile>> ListAsync(CancellationToken ct)
    {
        var files = facts.ContentState == ContentStates.Complete
            ? [.. facts.Files.Select(file => new WantedFile(file.Path, file.Size, file.Sha256))]
            : await FindAsync(ct);
        if (facts.FileCount > facts.Files.Count || files.Count > MaxFiles)
            throw new ModelRefusedException($"{Title} has more than {MaxFiles} files.");
        if (files.Count == 0)
            throw facts.ContentState == ContentStates.Pending
                ? PlaneError.Unavailable("model_files_missing", $"{Title} has no files at its location yet.").ToException()
                : new ModelRefusedException($"{Title} has no files at its location.");
        if (files.Find(file => !FilePaths.IsSafe(file.Path)) is { } unsafeFile)
            throw new ModelRefusedException($"{Title} has a file '{unsafeFile.Path}', whose name cannot be kept here.");
        var folders = files.Select(file => FilePaths.FolderOf(file.Path)).SelectMany(FilePaths.SelfAndAbove).ToHashSet(StringComparer.Ordinal);
        if (files.Find(file => folders.Contains(file.Path)) is { } occupied)
            throw new ModelRefusedException($"{Title} has both a file and a folder '{occupied.Path}', which a bucket can hold and a disk cannot.");
        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return files;
    }

    /// <summary>Opens a file of the list; null when it is gone.</summary>
    public async Task<ArtifactContent?> OpenAsync(string path, CancellationToken ct)
    {
        if (Below(path) is { } below && await store.OpenAsync(below, ct) is { } content)
            return content;
        // A version may be one file instead of a folder.
        return path == root.Name ? await store.OpenAsync(root, ct) : null;
    }

    /// <summary>The version's <c>MLmodel</c>; null without one.</summary>
    /// <exception cref="ModelRefusedException">It cannot be read.</exception>
    public async Task<MlmodelFile?> ReadMlmodelAsync(IReadOnlyList<WantedFile> files, CancellationToken ct)
    {
        if (MlmodelFile.Find(files.Select(file => file.Path)) is not { } path || await OpenAsync(path, ct) is not { } content)
            return null;
        await using (content)
        {
            if (content.Length > MlmodelFile.MaxBytes)
                throw new ModelRefusedException($"{Title}: {path} has {content.Length} bytes; at most {MlmodelFile.MaxBytes} are read.");
            var bytes = new byte[content.Length];
            await using var stream = await content.ReadAsync(ct);
            await stream.ReadExactlyAsync(bytes, ct);
            return MlmodelFile.Parse(path, bytes);
        }
    }

    private async Task<List<WantedFile>> FindAsync(CancellationToken ct)
    {
        var files = new List<WantedFile>();
        if (await store.OpenAsync(root, ct) is { } single)
        {
            await using (single)
                files.Add(new WantedFile(root.Name, single.Length, null));
        }
        else
        {
            await WalkAsync(root, "", 0, files, ct);
        }

        return files;
    }

    private async Task WalkAsync(ArtifactPath folder, string shown, int depth, List<WantedFile> files, CancellationToken ct)
    {
        if (depth > MaxDepth)
            throw new ModelRefusedException($"{Title} has folders nested more than {MaxDepth} deep.");
        foreach (var entry in await store.ListAsync(folder, ct))
        {
            if (!ArtifactScope.Shows(folder, entry) || !ArtifactPath.TryParse(entry.Name, out var name))
                continue;
            var relative = shown.Length == 0 ? entry.Name : $"{shown}/{entry.Name}";
            if (entry.Size is { } size)
                files.Add(new WantedFile(relative, size, null));
            else
                await WalkAsync(folder.Join(name), relative, depth + 1, files, ct);
            if (files.Count > MaxFiles)
                return;
        }
    }

    /// <summary>Each name is judged by itself, as it was when the files were listed.</summary>
    private ArtifactPath? Below(string path)
    {
        var at = root;
        foreach (var segment in path.Split('/'))
        {
            if (!ArtifactPath.TryParse(segment, out var name))
                return null;
            at = at.Join(name);
        }

        return at;
    }
}

/// <param name="Sha256">As the registry read it; null while it has not.</param>
internal sealed record WantedFile(string Path, long Size, string? Sha256);
