using System.Formats.Tar;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Operations;

/// <summary>
/// <c>restore FILE</c>: makes the data folder what it was at the backup. Everything is unpacked and checked beside the
/// data first, so a damaged file changes nothing.
/// </summary>
internal static class RestoreVerb
{
    public static async Task<int> RunAsync(IServiceProvider services, string file)
    {
        var data = DataFolder.Of(services);
        if (!File.Exists(file))
            throw new StartRefusedException($"There is no file {Path.GetFullPath(file)}.");
        using var owned = DataFolderLock.Take(data.Root);
        var force = services.GetRequiredService<IConfiguration>()["force"] == "true";
        if (!force && (data.DatabaseFiles().Length > 0 || data.ArtifactFiles().Any()))
            throw new StartRefusedException($"The folder {data.Root} holds data. Name an empty one with --data DIR, or replace what is there with --force.");

        var name = $".restore-{Guid.CreateVersion7():N}";
        var databases = Directory.CreateDirectory(Path.Combine(data.Root, name));
        var keys = Directory.CreateDirectory(Path.Combine(data.Root, name + "-keys"));
        var artifacts = data.Artifacts is null ? null : Directory.CreateDirectory(Path.Combine(data.Artifacts, ArtifactPath.Reserved, name));
        try
        {
            await UnpackAsync(file, databases.FullName, keys.FullName, artifacts?.FullName);
            Check(file, databases.FullName);
            PutDatabases(data, databases.FullName);
            PutKeys(data, keys.FullName);
            if (artifacts is not null)
                PutArtifacts(data.Artifacts!, artifacts.FullName);
        }
        finally
        {
            databases.Delete(recursive: true);
            keys.Delete(recursive: true);
            artifacts?.Delete(recursive: true);
        }

        await Console.Out.WriteLineAsync($"Restored {data.Root} from {Path.GetFullPath(file)}.");
        return 0;
    }

    private static async Task UnpackAsync(string file, string databases, string keys, string? artifacts)
    {
        try
        {
            await using var content = File.OpenRead(file);
            await using var tar = new TarReader(content);
            BackupArchive.Manifest? manifest = null;
            while (await tar.GetNextEntryAsync() is { } entry)
            {
                manifest ??= ReadManifest(file, entry);
                if (entry.Name.StartsWith(BackupArchive.DatabasePrefix, StringComparison.Ordinal))
                    await ExtractAsync(entry, databases, entry.Name[BackupArchive.DatabasePrefix.Length..]);
                else if (entry.Name.StartsWith(BackupArchive.KeyPrefix, StringComparison.Ordinal))
                    await ExtractAsync(entry, keys, entry.Name[BackupArchive.KeyPrefix.Length..]);
                else if (artifacts is not null && entry.Name.StartsWith(BackupArchive.ArtifactPrefix, StringComparison.Ordinal))
                    await ExtractAsync(entry, artifacts, entry.Name[BackupArchive.ArtifactPrefix.Length..]);
            }

            if (manifest is null || manifest.Databases.Any(database => !File.Exists(Path.Combine(databases, database))))
                throw NotABackup(file, "it lacks databases that it should hold");
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or JsonException)
        {
            throw NotABackup(file, broken.Message);
        }
    }

    private static BackupArchive.Manifest ReadManifest(string file, TarEntry entry)
    {
        if (entry.Name != BackupArchive.ManifestName || entry.DataStream is null)
            throw NotABackup(file, $"its first entry is not {BackupArchive.ManifestName}");
        var manifest = JsonSerializer.Deserialize<BackupArchive.Manifest>(entry.DataStream, BackupArchive.Json)!;
        return manifest.Format == BackupArchive.Format
            ? manifest
            : throw NotABackup(file, $"it has format {manifest.Format}, and this build reads format {BackupArchive.Format}");
    }

    /// <summary>Paths in an archive are as untrusted as those of a request.</summary>
    private static async Task ExtractAsync(TarEntry entry, string folder, string path)
    {
        if (entry.EntryType != TarEntryType.RegularFile || !ArtifactPath.TryParse(Uri.EscapeDataString(path), out var safe) || safe.IsRoot)
            throw new InvalidDataException($"the entry '{entry.Name}' does not belong into a backup");
        var target = Path.Combine(folder, safe.Value);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await entry.ExtractToFileAsync(target, overwrite: false);
    }

    private static void Check(string file, string folder)
    {
        foreach (var database in Directory.GetFiles(folder))
        {
            if (SqliteSnapshot.Check(database) is { } trouble)
                throw NotABackup(file, $"{Path.GetFileName(database)}: {trouble}");
        }
    }

    private static void PutDatabases(DataFolder data, string restored)
    {
        foreach (var old in data.DatabaseFiles())
        {
            // The write-ahead log of a database belongs to exactly that file.
            File.Delete(old + "-wal");
            File.Delete(old + "-shm");
            File.Delete(old);
        }

        foreach (var database in Directory.GetFiles(restored))
            File.Move(database, Path.Combine(data.Root, Path.GetFileName(database)));
    }

    /// <summary>Keys that the archive does not hold stay: nothing in it was encrypted with them, and nothing is gained by losing them.</summary>
    private static void PutKeys(DataFolder data, string restored)
    {
        foreach (var key in Directory.GetFiles(restored))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(key, BackupArchive.Private);
            File.Move(key, Path.Combine(data.Root, Path.GetFileName(key)), overwrite: true);
        }
    }

    private static void PutArtifacts(string folder, string restored)
    {
        foreach (var old in new DirectoryInfo(folder).GetFileSystemInfos().Where(entry => entry.Name != ArtifactPath.Reserved))
        {
            if (old is DirectoryInfo directory)
                directory.Delete(recursive: true);
            else
                old.Delete();
        }

        foreach (var entry in new DirectoryInfo(restored).GetFileSystemInfos())
        {
            if (entry is DirectoryInfo directory)
                directory.MoveTo(Path.Combine(folder, entry.Name));
            else
                File.Move(entry.FullName, Path.Combine(folder, entry.Name));
        }
    }

    private static StartRefusedException NotABackup(string file, string why) =>
        new($"{Path.GetFullPath(file)} is no backup that can be restored: {why}. Nothing was changed.");
}
