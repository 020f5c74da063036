using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>A bucket, or a prefix of one. Objects appear whole by the nature of the storage.</summary>
internal sealed class S3ArtifactStore(IAmazonS3 client, ArtifactOptions options, TimeProvider clock) : IArtifactStore
{
    private const int DeletedAtOnce = 1000;
    private const int CopiedAtOnce = 8;
    private readonly S3Keys keys = new(options.S3.Bucket!, options.S3.Prefix);

    public IDirectTransfer Direct { get; } = new S3DirectTransfer(client, options, clock);

    public async Task<ArtifactContent?> OpenAsync(ArtifactPath path, CancellationToken ct)
    {
        if (path.IsRoot)
            return null;
        try
        {
            var found = await client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = keys.Bucket, Key = keys.Of(path) }, ct);
            return new S3Content(client, keys.Bucket, keys.Of(path))
            {
                Length = found.ContentLength,
                LastModified = new DateTimeOffset(found.LastModified ?? DateTime.UnixEpoch, TimeSpan.Zero),
                Version = found.ETag.Trim('"'),
            };
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<ArtifactEntry>> ListAsync(ArtifactPath folder, CancellationToken ct)
    {
        var prefix = keys.Below(folder);
        var entries = new List<ArtifactEntry>();
        await foreach (var page in PagesAsync(prefix, "/", ct))
        {
            foreach (var sub in page.CommonPrefixes ?? [])
                entries.Add(new ArtifactEntry(sub[prefix.Length..].TrimEnd('/'), null));
            foreach (var item in page.S3Objects ?? [])
            {
                // Some tools mark a folder by an empty object with its own name.
                if (item.Key != prefix)
                    entries.Add(new ArtifactEntry(item.Key[prefix.Length..], item.Size ?? 0));
            }
        }

        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    public Task WriteAsync(ArtifactPath path, Stream body, long? length, CancellationToken ct)
    {
        if (path.IsRoot)
            throw ArtifactErrors.Occupied(path);
        return new S3Upload(client, keys.Bucket, keys.Of(path)).RunAsync(body, length, ct);
    }

    public async Task DeleteAsync(ArtifactPath path, CancellationToken ct)
    {
        if (path.IsRoot)
            return;
        await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = keys.Bucket, Key = keys.Of(path) }, ct);
        var doomed = new List<KeyVersion>(DeletedAtOnce);
        await foreach (var page in PagesAsync(keys.Below(path), delimiter: null, ct))
        {
            foreach (var item in page.S3Objects ?? [])
                doomed.Add(new KeyVersion { Key = item.Key });
            await DeleteAsync(doomed, ct);
            doomed.Clear();
        }
    }

    public async Task MoveAsync(ArtifactPath from, ArtifactPath to, CancellationToken ct)
    {
        var (source, target, copy) = (keys.Below(from), keys.Below(to), new S3Copy(client, keys.Bucket));
        await foreach (var page in PagesAsync(source, delimiter: null, ct))
        {
            var moving = page.S3Objects ?? [];
            await Parallel.ForEachAsync(moving, new ParallelOptions { MaxDegreeOfParallelism = CopiedAtOnce, CancellationToken = ct }, async (item, token) =>
                await copy.RunAsync(item.Key, target + item.Key[source.Length..], item.Size ?? 0, token));
            // Only what was copied goes, so that a move that breaks off has lost nothing.
            await DeleteAsync([.. moving.Select(item => new KeyVersion { Key = item.Key })], ct);
        }
    }

    public async Task<string?> CheckAsync(CancellationToken ct)
    {
        try
        {
            await client.HeadBucketAsync(new HeadBucketRequest { BucketName = keys.Bucket }, ct);
            return null;
        }
        catch (Exception failure) when (failure is AmazonServiceException or PlaneException)
        {
            return $"The bucket {keys.Bucket} cannot be used: {failure.Message}";
        }
    }

    private async IAsyncEnumerable<ListObjectsV2Response> PagesAsync(
        string prefix, string? delimiter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? token = null;
        do
        {
            var page = await client.ListObjectsV2Async(
                new ListObjectsV2Request { BucketName = keys.Bucket, Prefix = prefix, Delimiter = delimiter, ContinuationToken = token }, ct);
            yield return page;
            token = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (token is not null);
    }

    private async Task DeleteAsync(List<KeyVersion> doomed, CancellationToken ct)
    {
        if (doomed.Count > 0)
            await client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = keys.Bucket, Objects = doomed, Quiet = true }, ct);
    }

    private sealed class S3Content(IAmazonS3 client, string bucket, string key) : ArtifactContent
    {
        private GetObjectResponse? open;

        public override async Task<Stream> ReadAsync(long offset, long count, CancellationToken ct)
        {
            if (count == 0)
                return Stream.Null;
            open?.Dispose();
            open = await client.GetObjectAsync(
                new GetObjectRequest
                {
                    BucketName = bucket,
                    Key = key,
                    ByteRange = new ByteRange(offset, offset + count - 1),
                    EtagToMatch = $"\"{Version}\"",
                },
                ct);
            return open.ResponseStream;
        }

        public override ValueTask DisposeAsync()
        {
            open?.Dispose();
            return base.DisposeAsync();
        }
    }
}
