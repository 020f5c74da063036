using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MlopsPlane.Hosting.Startup;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Operations;

/// <summary>What backup and restore work on: the SQLite files and, unless a bucket holds them, the artifacts.</summary>
/// <param name="Root">Folder of the database files.</param>
/// <param name="Artifacts">Folder of the artifacts; null when they are not on this machine.</param>
internal sealed record DataFolder(string Root, string? Artifacts)
{
    /// <exception cref="StartRefusedException">The data is not in a folder.</exception>
    public static DataFolder Of(IServiceProvider services)
    {
        var databases = services.GetRequiredService<IOptions<DatabaseOptions>>().Value;
        if (databases.Provider != DatabaseProvider.Sqlite)
            throw new StartRefusedException("This verb works on a data folder. PostgreSQL has its own tools: pg_dump and pg_restore, one database a service.");
        var artifacts = services.GetRequiredService<IOptions<ArtifactOptions>>().Value;
        return new DataFolder(
            Path.GetFullPath(databases.DataFolder),
            artifacts.Store == ArtifactStoreKind.Local ? ArtifactStoreRegistration.LocalFolder(artifacts, databases) : null);
    }

    public string[] DatabaseFiles() =>
        Directory.Exists(Root) ? [.. Directory.GetFiles(Root, "*.db").Order(StringComparer.Ordinal)] : [];

    /// <summary>Keys that the services made for themselves; what they encrypted in the databases cannot be read without.</summary>
    public string[] KeyFiles() =>
        Directory.Exists(Root) ? [.. Directory.GetFiles(Root, "*.key").Order(StringComparer.Ordinal)] : [];

    /// <summary>Artifact files with their path below the folder; what the store keeps aside for itself is left out.</summary>
    public IEnumerable<(string File, string Path)> ArtifactFiles()
    {
        if (Artifacts is null || !Directory.Exists(Artifacts))
            yield break;
        foreach (var file in Directory.EnumerateFiles(Artifacts, "*", SearchOption.AllDirectories))
        {
            var path = Path.GetRelativePath(Artifacts, file).Replace(Path.DirectorySeparatorChar, '/');
            if (ArtifactPath.TryParse(Uri.EscapeDataString(path), out _))
                yield return (file, path);
        }
    }
}
