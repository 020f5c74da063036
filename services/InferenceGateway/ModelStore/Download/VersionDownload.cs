using System.Security.Cryptography;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.InferenceGateway.ModelStore.Cache;
using MlopsPlane.InferenceGateway.ModelStore.Format;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Storage.Artifacts.Local;

namespace MlopsPlane.InferenceGateway.ModelStore.Download;

/// <summary>Brings all files of a version into the cache: streamed, compared with what the registry read, judged, made durable, named.</summary>
internal sealed class VersionDownload(IArtifactStore store, ModelCache cache, ModelStoreMetrics metrics)
{
    private const int AtOnce = 4;
    private const int CopyBytes = 128 * 1024;

    private static readonly FileStreamOptions Incoming = new()
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.Write,
        Options = FileOptions.Asynchronous,
        BufferSize = 0,
    };

    /// <summary>The model, in use by the caller.</summary>
    /// <exception cref="ModelRefusedException">The files are not what was registered, or no model that can be served.</exception>
    /// <exception cref="PlaneException">503: there is no room, or files are missing yet.</exception>
    public async Task<CachedModel> RunAsync(string workspace, ModelVersionFacts facts, Action<Downloaded> progress, CancellationToken ct)
    {
        var source = VersionSource.Of(store, workspace, facts);
        var wanted = await RequireOnnxAsync(source, ct);
        var bytes = wanted.Sum(file => file.Size);
        using var place = cache.Reserve(bytes);
        var partial = cache.NewPartial(facts.ContentState == ContentStates.Complete ? facts.Digest : null);
        try
        {
            var root = Path.Combine(partial, CacheFolder.Files);
            var files = await CopyAllAsync(source, root, wanted, piece => progress(new Downloaded(piece, bytes)), ct);
            var digest = ContentDigest.Of(files.Select(file => (file.Path, file.Sha256)));
            if (facts.ContentState == ContentStates.Complete && digest != facts.Digest)
                throw new ModelRefusedException($"{source.Title}: the registry's digest {facts.Digest} is not that of its list of files.");
            var (onnx, signature) = Judge(source.Title, root, files);
            return cache.Keep(partial, new CacheManifest(digest, onnx, signature, files), place);
        }
        catch (IOException full) when (DiskSpace.RanOut(full))
        {
            throw PlaneError.Unavailable("model_cache_disk_full", $"The disk of the model cache has no room for the {bytes} bytes of {source.Title}.").ToException(full);
        }
        finally
        {
            CacheFolder.Delete(partial);
        }
    }

    /// <summary>The version's files, when an ONNX model is among them, as far as can be told without downloading it.</summary>
    public static async Task<IReadOnlyList<WantedFile>> RequireOnnxAsync(VersionSource source, CancellationToken ct)
    {
        var files = await source.ListAsync(ct);
        OnnxChoice.Find(source.Title, [.. files.Select(file => file.Path)], await source.ReadMlmodelAsync(files, ct));
        return files;
    }

    private async Task<List<ModelFile>> CopyAllAsync(VersionSource source, string root, IReadOnlyList<WantedFile> wanted, Action<long> progress, CancellationToken ct)
    {
        var files = new ModelFile[wanted.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, wanted.Count), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (i, token) => files[i] = await CopyAsync(source, root, wanted[i], progress, token));
        return [.. files];
    }

    private async Task<ModelFile> CopyAsync(VersionSource source, string root, WantedFile wanted, Action<long> progress, CancellationToken ct)
    {
        var target = Path.Combine(root, wanted.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await using var content = await source.OpenAsync(wanted.Path, ct)
            ?? throw Changed(source, wanted, "it is gone");
        if (content.Length != wanted.Size)
            throw Changed(source, wanted, $"it has {content.Length} bytes instead of {wanted.Size}");
        await using var from = await content.ReadAsync(ct);
        await using var to = new FileStream(target, Incoming);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[CopyBytes];
        var total = 0L;
        for (int read; (read = await from.ReadAsync(buffer, ct)) > 0;)
        {
            hash.AppendData(buffer, 0, read);
            await to.WriteAsync(buffer.AsMemory(0, read), ct);
            total += read;
            metrics.Downloaded(read);
            progress(read);
        }

        if (total != wanted.Size)
            throw new IOException($"The artifact store sent {total} of the {wanted.Size} bytes of {wanted.Path}.");
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (wanted.Sha256 is { } expected && expected != sha256)
            throw Changed(source, wanted, $"its SHA-256 is {sha256} instead of {expected}");
        to.Flush(flushToDisk: true);
        return new ModelFile(wanted.Path, total, sha256);
    }

    private static (string OnnxFile, MlflowSignature? Signature) Judge(string title, string root, List<ModelFile> files)
    {
        var paths = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        var mlmodel = MlmodelFile.Find(paths) is { } path ? MlmodelFile.Parse(path, File.ReadAllBytes(Path.Combine(root, path))) : null;
        var onnx = OnnxChoice.Find(title, paths, mlmodel);
        ExternalData.Require(title, root, onnx, paths);
        return (onnx, mlmodel?.Signature);
    }

    /// <summary>What the registry has read must be what is there; what it has not read yet may still be on its way.</summary>
    private static Exception Changed(VersionSource source, WantedFile file, string how) => file.Sha256 is null
        ? PlaneError.Unavailable("model_files_changing", $"{source.Title}: its file {file.Path} changed while it was read: {how}.").ToException()
        : new ModelRefusedException($"{source.Title}: its file {file.Path} is not the one that was registered: {how}.");
}
