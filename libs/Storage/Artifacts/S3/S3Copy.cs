using Amazon.S3;
using Amazon.S3.Model;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>Copies an object within the bucket; the bytes stay in the storage where it can copy that many at once.</summary>
internal sealed class S3Copy(IAmazonS3 client, string bucket)
{
    /// <summary>The largest object that S3 copies in one request.</summary>
    private const long LargestCopy = 5L << 30;

    public async Task RunAsync(string from, string to, long length, CancellationToken ct)
    {
        if (length <= LargestCopy)
        {
            await client.CopyObjectAsync(
                new CopyObjectRequest { SourceBucket = bucket, SourceKey = from, DestinationBucket = bucket, DestinationKey = to }, ct);
            return;
        }

        using var source = await client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = from }, ct);
        await new S3Upload(client, bucket, to).RunAsync(source.ResponseStream, length, ct);
    }
}
