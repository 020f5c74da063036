namespace MlopsPlane.Storage.Artifacts;

/// <summary>Addresses at which a client reads and writes the storage itself, without this process in between.</summary>
public interface IDirectTransfer
{
    /// <summary>Begins an upload in parts; each part has an address that takes one PUT.</summary>
    Task<MultipartUpload> BeginAsync(ArtifactPath path, int parts, CancellationToken ct);

    /// <summary>Makes the uploaded parts the file.</summary>
    Task CompleteAsync(ArtifactPath path, string uploadId, IReadOnlyList<UploadedPart> parts, CancellationToken ct);

    /// <summary>Throws the uploaded parts away.</summary>
    Task AbortAsync(ArtifactPath path, string uploadId, CancellationToken ct);

    /// <summary>An address to read a file from for a while; null when there is no such file.</summary>
    Task<DirectDownload?> DownloadAsync(ArtifactPath path, CancellationToken ct);
}

/// <param name="PartUrls">Address of part 1, 2, ...</param>
public sealed record MultipartUpload(string UploadId, IReadOnlyList<string> PartUrls);

/// <param name="Tag">What the storage answered to the part's upload (ETag).</param>
public sealed record UploadedPart(int Number, string Tag);

public sealed record DirectDownload(string Url, long Size);
