using System.Formats.Tar;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Operations;

/// <summary>
/// <c>backup FILE</c>: the data folder in one tar, while the product runs on it or not. The databases are of one
/// instant; the artifacts are read after it, so every file that a row of that instant speaks of is there unless it
/// was deleted since. Key files come along.
/// </summary>
internal static class BackupVerb
{
    public static async Task<int> RunAsync(IServiceProvider services, string file)
    {
        var data = DataFolder.Of(services);
        var databases = data.DatabaseFiles();
        if (databases.Length == 0)
            throw new StartRefusedException($"The folder {data.Root} holds no data. Name another with --data DIR.");
        var target = Path.GetFullPath(file);
        if (Directory.Exists(target) || !Directory.Exists(Path.GetDirectoryName(target)))
            throw new StartRefusedException($"{target} cannot be written: it is a folder, or the folder it should lie in does not exist.");

        // Under another name until it is whole: a backup that broke off must not be taken for one.
        var partial = target + ".partial";
        var copies = Directory.CreateDirectory(partial + ".databases");
        try
        {
            var manifest = new BackupArchive.Manifest(
                BackupArchive.Format, services.GetRequiredService<TimeProvider>().GetUtcNow(), [.. databases.Select(path => Path.GetFileName(path))], data.Artifacts is not null);
            Copy(databases, copies.FullName);
            await using (var tar = new FileStream(partial, Writing()))
            {
                await WriteAsync(tar, manifest, copies.FullName, data);
                tar.Flush(flushToDisk: true);
            }

            File.Move(partial, target, overwrite: true);
        }
        finally
        {
            copies.Delete(recursive: true);
            File.Delete(partial);
        }

        await Console.Out.WriteLineAsync($"Backed up {data.Root} to {target}.");
        return 0;
    }

    private static FileStreamOptions Writing()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = BackupArchive.Private;
        return options;
    }

    private static void Copy(string[] databases, string folder)
    {
        using var snapshot = SqliteSnapshot.Take(databases);
        for (var i = 0; i < databases.Length; i++)
            snapshot.CopyTo(i, Path.Combine(folder, Path.GetFileName(databases[i])));
    }

    private static async Task WriteAsync(Stream file, BackupArchive.Manifest manifest, string copies, DataFolder data)
    {
        await using var tar = new TarWriter(file, TarEntryFormat.Pax, leaveOpen: true);
        await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, BackupArchive.ManifestName)
        {
            DataStream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, BackupArchive.Json)),
        });
        foreach (var database in manifest.Databases)
            await AddAsync(tar, Path.Combine(copies, database), BackupArchive.DatabasePrefix + database);
        foreach (var key in data.KeyFiles())
            await AddAsync(tar, key, BackupArchive.KeyPrefix + Path.GetFileName(key));
        foreach (var (artifact, path) in data.ArtifactFiles())
            await AddAsync(tar, artifact, BackupArchive.ArtifactPrefix + path);
    }

    private static async Task AddAsync(TarWriter tar, string file, string name)
    {
        FileStream content;
        try
        {
            content = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Deleted between being listed and being read.
            return;
        }

        await using (content)
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, name)
            {
                DataStream = content,
                ModificationTime = new DateTimeOffset(File.GetLastWriteTimeUtc(content.SafeFileHandle)),
            });
        }
    }
}
