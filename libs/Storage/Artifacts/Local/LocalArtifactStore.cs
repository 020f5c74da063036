using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Artifacts.Local;

/// <summary>A folder of this machine. A file is written aside, flushed, and renamed to its name.</summary>
internal sealed class LocalArtifactStore : IArtifactStore
{
    private const int NoFolder = 20;

    private const int CopyBytes = 128 * 1024;

    private static readonly FileStreamOptions Incoming = new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Options = FileOptions.Asynchronous,
        BufferSize = 0,
    };

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None };
    private readonly string root;
    private readonly string aside;
    private readonly TimeProvider clock;

    public LocalArtifactStore(string folder, TimeProvider clock)
    {
        root = Path.GetFullPath(folder);
        aside = Path.Combine(root, ArtifactPath.Reserved);
        this.clock = clock;
        Directory.CreateDirectory(aside);
        RemoveAbandoned();
    }

    public IDirectTransfer? Direct => null;

    public Task<ArtifactContent?> OpenAsync(ArtifactPath path, CancellationToken ct)
    {
        FileStream file;
        try
        {
            file = new FileStream(Locate(path), new FileStreamOptions
            {
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
                BufferSize = 0,
            });
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException || IsNoFolder(missing))
        {
            return Task.FromResult<ArtifactContent?>(null);
        }

        var modified = File.GetLastWriteTimeUtc(file.SafeFileHandle);
        return Task.FromResult<ArtifactContent?>(new LocalContent(file)
        {
            Length = file.Length,
            LastModified = new DateTimeOffset(modified),
            Version = $"{modified.Ticks:x}-{file.Length:x}",
        });
    }

    public Task<IReadOnlyList<ArtifactEntry>> ListAsync(ArtifactPath folder, CancellationToken ct)
    {
        var entries = new List<ArtifactEntry>();
        var place = new DirectoryInfo(Locate(folder));
        if (!place.Exists)
            return Task.FromResult<IReadOnlyList<ArtifactEntry>>(entries);
        foreach (var found in place.EnumerateFileSystemInfos("*", Everything))
        {
            if (folder.IsRoot && found.Name == ArtifactPath.Reserved)
                continue;
            entries.Add(new ArtifactEntry(found.Name, found is FileInfo file ? file.Length : null));
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return Task.FromResult<IReadOnlyList<ArtifactEntry>>(entries);
    }

    public async Task WriteAsync(ArtifactPath path, Stream body, long? length, CancellationToken ct)
    {
        var target = Locate(path);
        if (path.IsRoot || Directory.Exists(target))
            throw ArtifactErrors.Occupied(path);
        var written = Path.Combine(aside, clock.NewHexId());
        try
        {
            await using (var file = new FileStream(written, Incoming))
            {
                await body.CopyToAsync(file, CopyBytes, ct);
                file.Flush(flushToDisk: true);
            }

            var folder = Path.GetDirectoryName(target)!;
            MakeFolder(path, folder);
            File.Move(written, target, overwrite: true);
            DirectorySync.Flush(folder);
        }
        catch (IOException full) when (DiskSpace.RanOut(full))
        {
            throw ArtifactErrors.Full(path, full);
        }
        catch (Exception taken) when (taken is UnauthorizedAccessException || (taken is IOException && Directory.Exists(target)))
        {
            throw ArtifactErrors.Occupied(path, taken);
        }
        finally
        {
            File.Delete(written);
        }
    }

    public Task DeleteAsync(ArtifactPath path, CancellationToken ct)
    {
        // A folder vanishes under its name at once and is emptied afterwards, so no reader sees half of it.
        var target = Locate(path);
        var doomed = Path.Combine(aside, clock.NewHexId());
        if (File.Exists(target))
        {
            File.Delete(target);
        }
        else if (Directory.Exists(target) && !path.IsRoot)
        {
            Directory.Move(target, doomed);
            Directory.Delete(doomed, recursive: true);
        }
        else
        {
            return Task.CompletedTask;
        }

        DirectorySync.Flush(Path.GetDirectoryName(target)!);
        return Task.CompletedTask;
    }

    public Task MoveAsync(ArtifactPath from, ArtifactPath to, CancellationToken ct)
    {
        var (source, target) = (Locate(from), Locate(to));
        if (Directory.Exists(source))
        {
            MakeFolder(to, Path.GetDirectoryName(target)!);
            FolderMove.Run(source, target);
        }

        return Task.CompletedTask;
    }

    public Task<string?> CheckAsync(CancellationToken ct) =>
        Task.FromResult(Directory.Exists(aside) ? null : $"The folder {root} is gone.");

    /// <summary>A file stands where the path has a folder.</summary>
    private static bool IsNoFolder(Exception failure) => failure is IOException && (failure.HResult & 0xFFFF) == NoFolder;

    private string Locate(ArtifactPath path) => Path.Combine(root, path.Value);

    /// <summary>Makes the missing folders, each durable in its parent before anything is put into it.</summary>
    private static void MakeFolder(ArtifactPath path, string folder)
    {
        var missing = new Stack<string>();
        for (var at = folder; !Directory.Exists(at); at = Path.GetDirectoryName(at)!)
            missing.Push(at);
        while (missing.TryPop(out var next))
        {
            try
            {
                Directory.CreateDirectory(next);
            }
            catch (IOException occupied) when (File.Exists(next))
            {
                throw ArtifactErrors.Occupied(path, occupied);
            }

            DirectorySync.Flush(Path.GetDirectoryName(next)!);
        }
    }

    /// <summary>Files that a killed process left aside; a day is longer than any upload that still runs.</summary>
    private void RemoveAbandoned()
    {
        var limit = clock.GetUtcNow().UtcDateTime.AddDays(-1);
        foreach (var left in new DirectoryInfo(aside).EnumerateFileSystemInfos())
        {
            if (left.LastWriteTimeUtc >= limit)
                continue;
            if (left is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                left.Delete();
        }
    }

    private sealed class LocalContent(FileStream file) : ArtifactContent
    {
        public override Task<Stream> ReadAsync(long offset, long count, CancellationToken ct)
        {
            file.Position = offset;
            return Task.FromResult<Stream>(new BoundedStream(file, count));
        }

        public override async ValueTask DisposeAsync()
        {
            await file.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
