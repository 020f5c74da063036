namespace MlopsPlane.Storage.Artifacts;

/// <summary>A file that was opened for reading; it stays the same file while it is read.</summary>
public abstract class ArtifactContent : IAsyncDisposable
{
    public required long Length { get; init; }

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>Changes when the content does; without quotes.</summary>
    public required string Version { get; init; }

    /// <summary>A stream over <paramref name="count"/> bytes from <paramref name="offset"/>; one at a time.</summary>
    public abstract Task<Stream> ReadAsync(long offset, long count, CancellationToken ct);

    /// <summary>A stream over the whole file.</summary>
    public Task<Stream> ReadAsync(CancellationToken ct) => ReadAsync(0, Length, ct);

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
