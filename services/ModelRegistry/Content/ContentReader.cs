using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting.Artifacts;
using MlopsPlane.ModelRegistry.Content.Onnx;
using MlopsPlane.Storage.Artifacts;

namespace MlopsPlane.ModelRegistry.Content;

/// <summary>Reads all files of a version once: sizes, digests, and the signature of its ONNX file.</summary>
internal sealed class ContentReader(IArtifactStore store)
{
    private const int MaxFiles = 100_000;
    private const int MaxDepth = 64;

    /// <summary>What is there now; null when the location is not in this product's store.</summary>
    public async Task<FoundContent?> ReadAsync(string workspace, string location, CancellationToken ct)
    {
        if (!ArtifactUri.TryResolve(location, out var path))
            return null;
        var root = ArtifactScope.Place(workspace, path);
        var files = new List<FoundFile>();
        if (await store.OpenAsync(root, ct) is { } single)
        {
            await using (single)
                files.Add(await ReadFileAsync(single, root.Name, ct));
        }
        else
        {
            await WalkAsync(root, "", 0, files, ct);
        }

        files.Sort(static (a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new FoundContent(files, ContentDigest.Of(files.Select(file => (file.Path, file.Sha256))));
    }

    private async Task WalkAsync(ArtifactPath folder, string shown, int depth, List<FoundFile> files, CancellationToken ct)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"The folders are nested more than {MaxDepth} deep.");
        foreach (var entry in await store.ListAsync(folder, ct))
        {
            if (!ArtifactScope.Shows(folder, entry) || !ArtifactPath.TryParse(entry.Name, out var name))
                continue;
            var (path, relative) = (folder.Join(name), shown.Length == 0 ? entry.Name : $"{shown}/{entry.Name}");
            if (entry.IsFolder)
            {
                await WalkAsync(path, relative, depth + 1, files, ct);
            }
            else if (await store.OpenAsync(path, ct) is { } content)
            {
                await using (content)
                    files.Add(await ReadFileAsync(content, relative, ct));
            }

            if (files.Count > MaxFiles)
                throw new InvalidDataException($"The version has more than {MaxFiles} files.");
        }
    }

    private static async Task<FoundFile> ReadFileAsync(ArtifactContent content, string path, CancellationToken ct)
    {
        await using var stream = await content.ReadAsync(ct);
        await using var hashing = new HashingStream(stream);
        OnnxSignature? signature = null;
        if (path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            try
            {
                signature = await OnnxReader.ReadAsync(hashing, ct);
            }
            catch (InvalidDataException)
            {
                // Only its name says that it is ONNX; its digest counts all the same.
            }
        }

        var digest = await hashing.FinishAsync(ct);
        return new FoundFile(path, hashing.BytesRead, digest, signature);
    }
}

/// <param name="Digest">Over all files, see <see cref="ContentDigest"/>.</param>
internal sealed record FoundContent(IReadOnlyList<FoundFile> Files, string Digest);

/// <param name="Path">Relative to the version's root.</param>
/// <param name="Sha256">In lower-case hex.</param>
internal sealed record FoundFile(string Path, long Size, string Sha256, OnnxSignature? Signature);
