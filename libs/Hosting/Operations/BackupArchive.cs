using System.Text.Json;

namespace MlopsPlane.Hosting.Operations;

/// <summary>How a backup file is laid out: a tar whose first entry says what it is.</summary>
internal static class BackupArchive
{
    public const string ManifestName = "backup.json";
    public const string DatabasePrefix = "databases/";
    public const string KeyPrefix = "keys/";
    public const string ArtifactPrefix = "artifacts/";
    public const int Format = 1;

    /// <summary>Readable by its owner alone: a backup holds everything, keys included.</summary>
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <param name="Format">Layout of the archive.</param>
    /// <param name="Artifacts">False when the artifacts are in a bucket and not in this file.</param>
    public sealed record Manifest(int Format, DateTimeOffset CreatedAt, IReadOnlyList<string> Databases, bool Artifacts);
}
