using Microsoft.Extensions.Options;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.ModelStore.Cache;

/// <summary>
/// The models on this replica's disk, shared by all deployments and bounded by bytes. What is in use stays; of the rest
/// the one that was used longest ago goes first.
/// </summary>
internal sealed class ModelCache : IDisposable
{
    private const int MaxVersions = 1000;
    private readonly Lock gate = new();
    private readonly Dictionary<string, CachedModel> models = new(StringComparer.Ordinal);
    private readonly CacheFolder folder;
    private readonly ModelStoreMetrics metrics;
    private readonly long maxBytes;
    private long uses;
    private long reserved;

    /// <summary>Claims the folder and takes over what an earlier process left whole in it.</summary>
    /// <exception cref="Hosting.Startup.StartRefusedException">The folder cannot be used.</exception>
    public ModelCache(IOptions<ModelCacheOptions> options, IOptions<DatabaseOptions> data, TimeProvider clock, ModelStoreMetrics metrics)
    {
        folder = new CacheFolder(options.Value.FolderIn(data.Value), clock);
        maxBytes = options.Value.MaxBytes;
        this.metrics = metrics;
        foreach (var model in folder.Open())
            Add(model);
        // The bound may have been lowered since.
        Shrink(maxBytes);
    }

    /// <summary>A model that is here, in use from now on; null when it is not here, or no longer whole.</summary>
    public CachedModel? TryUse(string digest)
    {
        lock (gate)
        {
            if (!models.TryGetValue(digest, out var model))
                return null;
            if (model.Leases > 0 || CacheFolder.IsWhole(model))
                return Use(model);
            Remove(model);
            return null;
        }
    }

    /// <summary>Another use of a model that is in use.</summary>
    public CachedModel Use(CachedModel model)
    {
        lock (gate)
        {
            model.Leases++;
            model.LastUse = ++uses;
            return model;
        }
    }

    public void GiveUp(CachedModel model)
    {
        lock (gate)
        {
            if (--model.Leases == 0)
                folder.Touch(model);
        }
    }

    /// <summary>The digest of a version by what is here; null when it is not.</summary>
    /// <param name="matches">Whether it is the version that is meant, and not one before it of the same name.</param>
    public string? DigestOf(VersionKey key, Func<KnownVersion, bool> matches)
    {
        lock (gate)
            return models.Values.FirstOrDefault(model => model.Versions.Any(known => known.Key == key && matches(known)))?.Manifest.Digest;
    }

    /// <summary>Remembers that a version has the files of a model that is in use.</summary>
    public void Remember(CachedModel model, KnownVersion version)
    {
        lock (gate)
        {
            if (model.Versions.Contains(version))
                return;
            foreach (var other in models.Values)
            {
                if (other.Versions.RemoveAll(known => known.Key == version.Key) > 0 && other != model)
                    CacheFolder.WriteVersions(other);
            }

            if (model.Versions.Count == MaxVersions)
                model.Versions.RemoveAt(0);
            model.Versions.Add(version);
            CacheFolder.WriteVersions(model);
        }
    }

    /// <summary>Makes room for a download; disposing gives back what it did not turn into a model.</summary>
    /// <exception cref="ModelRefusedException">It is larger than the whole cache.</exception>
    /// <exception cref="PlaneException">503: what is in use leaves too little room.</exception>
    public Reservation Reserve(long bytes)
    {
        lock (gate)
        {
            if (bytes > maxBytes)
                throw new ModelRefusedException($"The version's files have {bytes} bytes; the model cache of this replica holds {maxBytes} (Serving:ModelCache:MaxBytes).");
            var taken = reserved + models.Values.Where(model => model.Leases > 0).Sum(model => model.Bytes);
            if (bytes > maxBytes - taken)
                throw PlaneError.Unavailable("model_cache_full",
                    $"The version's files have {bytes} bytes; models in use leave {maxBytes - taken} of the {maxBytes} bytes of the model cache (Serving:ModelCache:MaxBytes).").ToException();
            Shrink(maxBytes - reserved - bytes);
            reserved += bytes;
            return new Reservation(this, bytes);
        }
    }

    public string NewPartial(string? digest) => folder.NewPartial(digest);

    /// <summary>Takes downloaded files in; the model is in use. Another download may have brought the same ones before.</summary>
    public CachedModel Keep(string partial, CacheManifest manifest, Reservation place)
    {
        lock (gate)
        {
            if (models.TryGetValue(manifest.Digest, out var present))
                return Use(present);
            var model = folder.Commit(partial, manifest);
            place.Dispose();
            Add(model);
            return Use(model);
        }
    }

    public void Dispose() => folder.Dispose();

    private void Add(CachedModel model)
    {
        model.LastUse = ++uses;
        models[model.Manifest.Digest] = model;
        metrics.Holds(models.Values.Sum(held => held.Bytes));
    }

    private void Shrink(long target)
    {
        var held = models.Values.Sum(model => model.Bytes);
        foreach (var model in models.Values.Where(model => model.Leases == 0).OrderBy(model => model.LastUse).ToList())
        {
            if (held <= target)
                return;
            held -= model.Bytes;
            Remove(model);
            metrics.Evicted();
        }
    }

    private void Remove(CachedModel model)
    {
        models.Remove(model.Manifest.Digest);
        if (folder.Unname(model) is { } doomed)
            CacheFolder.Delete(doomed);
        metrics.Holds(models.Values.Sum(held => held.Bytes));
    }

    private void Free(long bytes)
    {
        lock (gate)
            reserved -= bytes;
    }

    /// <summary>Room that is kept for files on their way.</summary>
    internal sealed class Reservation(ModelCache cache, long bytes) : IDisposable
    {
        private int given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref given, 1) == 0)
                cache.Free(bytes);
        }
    }
}
