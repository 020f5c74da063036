using System.Text.Json;
using System.Text.Json.Serialization;
using MlopsPlane.Contracts.ModelRegistry;

namespace MlopsPlane.InferenceGateway.ModelStore.Cache;

/// <summary>A model in the cache; the cache's lock guards what changes.</summary>
/// <param name="folder">Holds <see cref="CacheFolder.Files"/>, the manifest and the versions.</param>
internal sealed class CachedModel(CacheManifest manifest, string folder, IEnumerable<KnownVersion> versions)
{
    public CacheManifest Manifest { get; } = manifest;

    public string Folder { get; } = folder;

    public long Bytes { get; } = manifest.Files.Sum(file => file.Size);

    /// <summary>How many use it; it is evicted only at zero.</summary>
    public int Leases { get; set; }

    /// <summary>Rises with every use of any model: the smallest goes first.</summary>
    public long LastUse { get; set; }

    /// <summary>The versions that have these files.</summary>
    public List<KnownVersion> Versions { get; } = [.. versions];

    public StoredModel Lend(Action giveUp)
    {
        var root = Path.Combine(Folder, CacheFolder.Files);
        return new(Manifest.Digest, root, Path.Combine(root, Manifest.OnnxFile), Bytes, Manifest.Signature, giveUp);
    }
}

/// <summary>Lies beside a model's files and says that they are whole: it is written after them and before the folder gets its name.</summary>
/// <param name="OnnxFile">Relative to the version's root.</param>
internal sealed record CacheManifest(string Digest, string OnnxFile, MlflowSignature? Signature, IReadOnlyList<ModelFile> Files);

/// <summary>A version whose files are here. Its location and time tell it from another one that has its name later.</summary>
internal sealed record KnownVersion(VersionKey Key, string Location, DateTimeOffset CreatedAt);

internal sealed record VersionKey(string Workspace, string Model, int Version);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CacheManifest))]
[JsonSerializable(typeof(List<KnownVersion>))]
internal sealed partial class CacheJson : JsonSerializerContext;
