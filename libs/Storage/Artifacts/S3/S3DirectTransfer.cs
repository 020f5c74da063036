using System.Net;
using Amazon.S3;
using Amazon.S3.Model;
using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>Presigned addresses of the bucket.</summary>
internal sealed class S3DirectTransfer(IAmazonS3 client, ArtifactOptions options, TimeProvider clock) : IDirectTransfer
{
    private readonly S3Keys keys = new(options.S3.Bucket!, options.S3.Prefix);
    private readonly Protocol protocol = options.S3.ServiceUrl?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) == true
        ? Protocol.HTTP
        : Protocol.HTTPS;

    public async Task<MultipartUpload> BeginAsync(ArtifactPath path, int parts, CancellationToken ct)
    {
        var upload = await client.InitiateMultipartUploadAsync(
            new InitiateMultipartUploadRequest { BucketName = keys.Bucket, Key = keys.Of(path) }, ct);
        var urls = new string[parts];
        for (var number = 1; number <= parts; number++)
        {
            var request = Presigned(path, HttpVerb.PUT);
            request.UploadId = upload.UploadId;
            request.PartNumber = number;
            urls[number - 1] = await client.GetPreSignedURLAsync(request);
        }

        return new MultipartUpload(upload.UploadId, urls);
    }

    public Task CompleteAsync(ArtifactPath path, string uploadId, IReadOnlyList<UploadedPart> parts, CancellationToken ct) =>
        ForClientAsync(() => client.CompleteMultipartUploadAsync(
            new CompleteMultipartUploadRequest
            {
                BucketName = keys.Bucket,
                Key = keys.Of(path),
                UploadId = uploadId,
                PartETags = [.. parts.Select(part => new PartETag(part.Number, part.Tag))],
            },
            ct));

    public Task AbortAsync(ArtifactPath path, string uploadId, CancellationToken ct) =>
        ForClientAsync(() => client.AbortMultipartUploadAsync(
            new AbortMultipartUploadRequest { BucketName = keys.Bucket, Key = keys.Of(path), UploadId = uploadId }, ct));

    public async Task<DirectDownload?> DownloadAsync(ArtifactPath path, CancellationToken ct)
    {
        try
        {
            var found = await client.GetObjectMetadataAsync(
                new GetObjectMetadataRequest { BucketName = keys.Bucket, Key = keys.Of(path) }, ct);
            return new DirectDownload(await client.GetPreSignedURLAsync(Presigned(path, HttpVerb.GET)), found.ContentLength);
        }
        catch (AmazonS3Exception missing) when (missing.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private GetPreSignedUrlRequest Presigned(ArtifactPath path, HttpVerb verb) => new()
    {
        BucketName = keys.Bucket,
        Key = keys.Of(path),
        Verb = verb,
        Protocol = protocol,
        Expires = clock.GetUtcNow().UtcDateTime.AddSeconds(options.DirectTransferSeconds),
    };

    /// <summary>The storage refuses what the client made up (upload id, parts): the client's fault, not ours.</summary>
    private static async Task ForClientAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
        }
        catch (AmazonS3Exception refused) when ((int)refused.StatusCode is >= 400 and < 500)
        {
            throw PlaneError.Invalid("INVALID_PARAMETER_VALUE", $"The multipart upload was refused: {refused.Message}").ToException(refused);
        }
    }
}
