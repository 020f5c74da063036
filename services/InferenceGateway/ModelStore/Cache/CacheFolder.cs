using System.Text.Json;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts.Local;

namespace MlopsPlane.InferenceGateway.ModelStore.Cache;

/// <summary>
/// The cache on the disk: a folder named by its digest for each model. A folder gets that name when all in it is durable,
/// so what has the name is whole; everything else is left from a process that ended and is removed at the start.
/// </summary>
internal sealed class CacheFolder(string root, TimeProvider clock) : IDisposable
{
    /// <summary>The version's own files, apart from ours about them.</summary>
    public const string Files = "files";

    private const string Manifest = "manifest.json";
    private const string Versions = "versions.json";
    private const string LockFile = "cache.lock";
    private const string Partial = ".partial-";
    private FileStream? claim;

    public string Root { get; } = root;

    /// <summary>Claims the folder for this process and returns what is whole in it, least recently used first.</summary>
    /// <exception cref="StartRefusedException">It cannot be used.</exception>
    public IReadOnlyList<CachedModel> Open()
    {
        try
        {
            Directory.CreateDirectory(Root);
            claim = new FileStream(Path.Combine(Root, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The model cache {Root} cannot be written by this user.");
        }
        catch (IOException) when (Directory.Exists(Root))
        {
            throw new StartRefusedException($"The model cache {Root} is in use by another process. Name another folder in Serving:ModelCache:Folder.");
        }

        var whole = new List<(DateTime Used, CachedModel Model)>();
        foreach (var folder in new DirectoryInfo(Root).GetDirectories())
        {
            if (TryRead(folder.FullName) is { } model && IsWhole(model))
                whole.Add((File.GetLastWriteTimeUtc(Path.Combine(folder.FullName, Manifest)), model));
            else if (IsOurs(folder.Name))
                folder.Delete(recursive: true);
        }

        return [.. whole.OrderBy(found => found.Used).Select(found => found.Model)];
    }

    /// <summary>Folders of other names are somebody else's, who keeps theirs where ours are.</summary>
    private static bool IsOurs(string name) => name.Contains(Partial, StringComparison.Ordinal) || (name.Length == 64 && name.All(char.IsAsciiHexDigitLower));

    /// <summary>A new folder for files on their way.</summary>
    public string NewPartial(string? digest)
    {
        var folder = Path.Combine(Root, $"{digest ?? "unknown"}{Partial}{clock.NewHexId()}");
        Directory.CreateDirectory(Path.Combine(folder, Files));
        return folder;
    }

    /// <summary>Makes a folder of files durable and gives it its name, which nothing has yet.</summary>
    public CachedModel Commit(string partial, CacheManifest manifest)
    {
        Write(partial, Manifest, stream => JsonSerializer.Serialize(stream, manifest, CacheJson.Default.CacheManifest));
        foreach (var folder in Directory.EnumerateDirectories(partial, "*", SearchOption.AllDirectories))
            DirectorySync.Flush(folder);
        DirectorySync.Flush(partial);
        var target = Path.Combine(Root, manifest.Digest);
        Directory.Move(partial, target);
        DirectorySync.Flush(Root);
        return new CachedModel(manifest, target, []);
    }

    /// <summary>
    /// Takes the name from a model at once, so that a crash while its files go leaves nothing that looks whole; null when
    /// somebody removed it already.
    /// </summary>
    public string? Unname(CachedModel model)
    {
        if (!Directory.Exists(model.Folder))
            return null;
        var doomed = Path.Combine(Root, $"{model.Manifest.Digest}{Partial}{clock.NewHexId()}");
        Directory.Move(model.Folder, doomed);
        return doomed;
    }

    /// <summary>Remembers beside the files which versions have them.</summary>
    public static void WriteVersions(CachedModel model)
    {
        Write(model.Folder, Versions + ".new", stream => JsonSerializer.Serialize(stream, model.Versions, CacheJson.Default.ListKnownVersion));
        File.Move(Path.Combine(model.Folder, Versions + ".new"), Path.Combine(model.Folder, Versions), overwrite: true);
    }

    /// <summary>Keeps the order of use over a restart.</summary>
    public void Touch(CachedModel model)
    {
        try
        {
            File.SetLastWriteTimeUtc(Path.Combine(model.Folder, Manifest), clock.GetUtcNow().UtcDateTime);
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            // Only the order of eviction after a restart depends on it.
        }
    }

    /// <summary>Whether all files are there in their size; their digests were compared when they came.</summary>
    public static bool IsWhole(CachedModel model) => model.Manifest.Files.All(file =>
        new FileInfo(Path.Combine(model.Folder, Files, file.Path)) is { Exists: true } found && found.Length == file.Size && found.LinkTarget is null);

    public static void Delete(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    public void Dispose() => claim?.Dispose();

    private static CachedModel? TryRead(string folder)
    {
        try
        {
            using var stream = File.OpenRead(Path.Combine(folder, Manifest));
            var manifest = JsonSerializer.Deserialize(stream, CacheJson.Default.CacheManifest);
            return manifest?.Digest == Path.GetFileName(folder) ? new CachedModel(manifest, folder, VersionsIn(folder)) : null;
        }
        catch (Exception broken) when (broken is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static List<KnownVersion> VersionsIn(string folder)
    {
        var path = Path.Combine(folder, Versions);
        if (!File.Exists(path))
            return [];
        using var stream = File.OpenRead(path);
        return JsonSerializer.Deserialize(stream, CacheJson.Default.ListKnownVersion) ?? [];
    }

    private static void Write(string folder, string name, Action<Stream> write)
    {
        using var stream = new FileStream(Path.Combine(folder, name), FileMode.Create, FileAccess.Write);
        write(stream);
        stream.Flush(flushToDisk: true);
    }
}
