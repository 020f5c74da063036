namespace MlopsPlane.Storage.Artifacts;

/// <summary>Files under names, streamed both ways and never spooled: a local folder or a bucket.</summary>
public interface IArtifactStore
{
    /// <summary>Transfers between a client and the storage itself; null where the storage has no addresses of its own.</summary>
    IDirectTransfer? Direct { get; }

    /// <summary>Opens a file; null when there is none under that name.</summary>
    Task<ArtifactContent?> OpenAsync(ArtifactPath path, CancellationToken ct);

    /// <summary>What lies directly in a folder, in byte order of the names; nothing when it is no folder.</summary>
    Task<IReadOnlyList<ArtifactEntry>> ListAsync(ArtifactPath folder, CancellationToken ct);

    /// <summary>
    /// Stores a file. It appears under its name whole and durable, or not at all: a body that breaks off, a full disk
    /// or a crash leave what was there before.
    /// </summary>
    /// <param name="length">Length of the body where the sender said it.</param>
    /// <exception cref="Primitives.PlaneException">The name cannot be written, or the storage is full or away.</exception>
    Task WriteAsync(ArtifactPath path, Stream body, long? length, CancellationToken ct);

    /// <summary>Deletes a file, or a folder with all that it holds; nothing there is no error.</summary>
    Task DeleteAsync(ArtifactPath path, CancellationToken ct);

    /// <summary>
    /// Moves a folder with all that it holds; nothing there is no error. What is called again after a failure moves
    /// what is left, into the same folder.
    /// </summary>
    Task MoveAsync(ArtifactPath from, ArtifactPath to, CancellationToken ct);

    /// <summary>Why the store cannot be used now; null when it can.</summary>
    Task<string?> CheckAsync(CancellationToken ct);
}

/// <summary>Something in a folder.</summary>
/// <param name="Name">Last segment of its path.</param>
/// <param name="Size">Bytes of a file; null of a folder.</param>
public sealed record ArtifactEntry(string Name, long? Size)
{
    public bool IsFolder => Size is null;
}
