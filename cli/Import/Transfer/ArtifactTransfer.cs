using System.Security.Cryptography;
using MlopsPlane.Cli.Import.Source;
using MlopsPlane.Cli.Import.Verify;

namespace MlopsPlane.Cli.Import.Transfer;

/// <summary>Copies the files of a run or logged model, and compares what arrived by size and SHA-256.</summary>
internal sealed class ArtifactTransfer(ISource source, Destination destination, ImportReport report, ImportProgress progress)
{
    private const int BufferBytes = 81_920;
    private const int MaxAttempts = 4;

    /// <param name="here">The owner at the destination.</param>
    /// <param name="what">For messages.</param>
    /// <param name="send">False when everything has been sent before: then it is only compared.</param>
    public async Task CopyAsync(ArtifactOwner there, ArtifactOwner here, string what, bool send, Tally expected, CancellationToken ct)
    {
        try
        {
            Dictionary<string, long?>? present = null;
            await foreach (var file in source.FilesAsync(there, ct))
            {
                // Most runs have no files, and need no such question.
                present ??= send ? await SizesAsync(here, ct) : [];
                if (await TakeAsync(there, here, file, what, send && !(present.TryGetValue(file.Path, out var size) && size == file.Size), ct) is { } taken)
                    Canonical.Artifact(expected, there.Id, file.Path, taken.Size, taken.Sha256);
            }
        }
        catch (SourceException unreachable)
        {
            report.Failed($"artifacts of {what}", $"not reachable: {unreachable.Message}");
        }
    }

    /// <summary>What lies at the destination.</summary>
    public async Task ReadBackAsync(ArtifactOwner here, string id, Tally actual, CancellationToken ct)
    {
        await foreach (var file in destination.Reader.FilesAsync(here, ct))
        {
            var (size, sha256) = await HashAsync(destination.Reader, here, file.Path, null, ct);
            Canonical.Artifact(actual, id, file.Path, size, sha256);
        }
    }

    private async Task<Dictionary<string, long?>> SizesAsync(ArtifactOwner here, CancellationToken ct)
    {
        var sizes = new Dictionary<string, long?>(StringComparer.Ordinal);
        await foreach (var file in destination.Reader.FilesAsync(here, ct))
            sizes[file.Path] = file.Size;
        return sizes;
    }

    private async Task<(long Size, string Sha256)?> TakeAsync(
        ArtifactOwner there, ArtifactOwner here, SourceFile file, string what, bool upload, CancellationToken ct)
    {
        try
        {
            if (upload && MlflowArtifacts.ProxyPath(here.Uri, file.Path) is null)
                throw new SourceException($"{here.Uri} is not served by the plane; give the workspace no artifact root of its own while it is imported into.");
            return await HashAsync(source, there, file.Path, upload ? MlflowArtifacts.ProxyPath(here.Uri, file.Path) : null, ct);
        }
        catch (SourceException unreachable)
        {
            report.Failed($"artifact {file.Path} of {what}", unreachable.Message);
        }
        catch (RefusedException refused) when (refused.Error.Status is not (401 or 403))
        {
            report.Failed($"artifact {file.Path} of {what}", refused.Error.Message);
        }

        return null;
    }

    /// <summary>Reads a file once, on the way to where it is uploaded.</summary>
    private async Task<(long Size, string Sha256)> HashAsync(ISource from, ArtifactOwner owner, string path, string? to, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var hashing = new HashingStream(await from.OpenAsync(owner, path, ct));
                if (to is null)
                    await hashing.CopyToAsync(Stream.Null, BufferBytes, ct);
                else
                    await destination.Wire.PutAsync(to, hashing, ct);
                progress.Bytes(hashing.Count);
                return (hashing.Count, hashing.Digest());
            }
            catch (Exception broken) when (attempt < MaxAttempts && !ct.IsCancellationRequested
                && broken is HttpRequestException or IOException or TimeoutException or RefusedException { MayPass: true })
            {
                // From the beginning: what arrived of the file is thrown away there.
                await Task.Delay(TimeSpan.FromSeconds(attempt), ct);
            }
            catch (Exception broken) when (!ct.IsCancellationRequested && broken is HttpRequestException or IOException or TimeoutException)
            {
                throw new SourceException($"the transfer broke off {MaxAttempts} times: {broken.Message}", broken);
            }
        }
    }

    private sealed class HashingStream(Stream inner) : ReadStream
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private string? digest;

        public long Count { get; private set; }

        /// <summary>The digest of all of it, also after an upload has closed the stream.</summary>
        public string Digest() => digest ?? throw new IOException("It was not read to its end.");

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (read > 0)
                hash.AppendData(buffer.Span[..read]);
            else if (buffer.Length > 0)
                digest ??= Convert.ToHexStringLower(hash.GetHashAndReset());
            Count += read;
            return read;
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
