using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.InferenceGateway.ModelStore.Cache;
using MlopsPlane.InferenceGateway.ModelStore.Download;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.InferenceGateway.ModelStore;

/// <summary>Versions of the registry, from the artifact store, through the cache.</summary>
internal sealed class RegistryModelStore(
    IModelFacts registry, IArtifactStore artifacts, ModelCache cache, SharedDownloads downloads, VersionDownload download,
    ModelStoreMetrics metrics, IEnumerable<IErrorTranslator> translators) : IModelStore
{
    public async Task<StoredModel> GetAsync(string workspace, string model, int version, IProgress<Downloaded>? downloaded, CancellationToken ct)
    {
        var key = new VersionKey(workspace, model, version);
        ModelVersionFacts facts;
        try
        {
            facts = await FactsAsync(key, ct);
        }
        catch (Exception away) when (away is not (PlaneException { Error.Status: < 500 } or OperationCanceledException))
        {
            // What is here was verified, and the registry's versions do not change.
            if (cache.DigestOf(key, _ => true) is { } last && cache.TryUse(last) is { } kept)
                return Lend(kept);
            if (ErrorOf(away) is { } error)
                throw error.ToException(away);
            throw;
        }

        var digest = facts.ContentState == ContentStates.Complete ? facts.Digest
            : cache.DigestOf(key, known => known.Location == facts.StorageLocation && known.CreatedAt == facts.CreatedAt);
        var found = digest is null ? null : cache.TryUse(digest);
        if (found is null)
        {
            metrics.Missed();
            found = await DownloadAsync(key, facts, digest, downloaded, ct);
        }
        else
        {
            metrics.Hit();
        }

        var lent = Lend(found);
        try
        {
            cache.Remember(found, new KnownVersion(key, facts.StorageLocation, facts.CreatedAt));
            return lent;
        }
        catch (Exception lost) when (lost is IOException or UnauthorizedAccessException)
        {
            // It serves now; only a start without the registry would miss the note.
            return lent;
        }
    }

    public async Task RequireServableAsync(string workspace, string model, int version, CancellationToken ct)
    {
        try
        {
            var facts = await FactsAsync(new VersionKey(workspace, model, version), ct);
            await VersionDownload.RequireOnnxAsync(VersionSource.Of(artifacts, workspace, facts), ct);
        }
        catch (Exception failure) when (ErrorOf(failure) is { } error)
        {
            throw error.ToException(failure);
        }
    }

    private async Task<ModelVersionFacts> FactsAsync(VersionKey key, CancellationToken ct) =>
        await registry.FindVersionAsync(key.Workspace, key.Model, key.Version, ct)
        ?? throw PlaneError.NotFound("version_not_found", $"{key.Model} has no version {key.Version}.").ToException();

    private async Task<CachedModel> DownloadAsync(VersionKey key, ModelVersionFacts facts, string? digest, IProgress<Downloaded>? downloaded, CancellationToken ct)
    {
        try
        {
            return await downloads.JoinAsync(
                // By what is read, too: whose files are gone or changed must not fail others with the same.
                $"{key.Workspace}\n{facts.StorageLocation}\n{digest ?? $"{key.Model}/{key.Version}"}", (progress, token) => download.RunAsync(key.Workspace, facts, progress, token), downloaded, ct);
        }
        catch (Exception failure) when (ErrorOf(failure) is { } error)
        {
            throw error.ToException(failure);
        }
    }

    /// <summary>Failures of what we depend on, as something to be tried again.</summary>
    private PlaneError? ErrorOf(Exception failure) => failure switch
    {
        PlaneException or ModelRefusedException or OperationCanceledException => null,
        IOException or HttpRequestException or UnauthorizedAccessException =>
            PlaneError.Unavailable("model_not_downloaded", $"The model's files could not be brought here: {failure.Message}"),
        _ => translators.Select(translator => translator.Translate(failure)).FirstOrDefault(error => error is not null),
    };

    private StoredModel Lend(CachedModel model) => model.Lend(() => cache.GiveUp(model));
}
