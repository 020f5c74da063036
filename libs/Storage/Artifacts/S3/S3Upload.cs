using System.Buffers;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace MlopsPlane.Storage.Artifacts.S3;

/// <summary>
/// One object's upload out of a stream: small ones in one request, others in parts that are filled one after the other,
/// so memory stays at one part whatever the size.
/// </summary>
/// <remarks>
/// The SDK's chunked framing is off: S3-compatible servers store it as content.
/// </remarks>
internal sealed class S3Upload(IAmazonS3 client, string bucket, string key)
{
    private const int FirstPartBytes = 8 << 20;
    private const int LargestPartBytes = 64 << 20;
    private const int MaxParts = 10_000;

    public async Task RunAsync(Stream body, long? length, CancellationToken ct)
    {
        var partBytes = PartSize(length);
        var buffer = ArrayPool<byte>.Shared.Rent(partBytes);
        try
        {
            var filled = await body.ReadAtLeastAsync(buffer.AsMemory(0, partBytes), partBytes, throwOnEndOfStream: false, ct);
            if (filled < partBytes)
                await PutAsync(buffer, filled, ct);
            else
                await PutPartsAsync(body, buffer, partBytes, ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Parts grow with the object, because there may be no more than 10,000 of them.</summary>
    private static int PartSize(long? length)
    {
        // An unknown length may be as large as the upload limit.
        var needed = (length ?? (long)FirstPartBytes * MaxParts) / (MaxParts - 1) + 1;
        return (int)Math.Clamp(needed, FirstPartBytes, LargestPartBytes);
    }

    private Task<PutObjectResponse> PutAsync(byte[] buffer, int count, CancellationToken ct) => client.PutObjectAsync(
        new PutObjectRequest
        {
            BucketName = bucket,
            Key = key,
            InputStream = new MemoryStream(buffer, 0, count, writable: false),
            AutoCloseStream = true,
            UseChunkEncoding = false,
        },
        ct);

    private async Task PutPartsAsync(Stream body, byte[] buffer, int filled, CancellationToken ct)
    {
        var partBytes = filled;
        var upload = await client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key }, ct);
        try
        {
            var parts = new List<PartETag>();
            while (filled > 0)
            {
                if (parts.Count == MaxParts)
                    throw new IOException($"An upload of unknown length is larger than {MaxParts} parts of {partBytes} bytes.");
                parts.Add(await PutPartAsync(upload.UploadId, parts.Count + 1, buffer, filled, ct));
                filled = await body.ReadAtLeastAsync(buffer.AsMemory(0, partBytes), partBytes, throwOnEndOfStream: false, ct);
            }

            await client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = upload.UploadId, PartETags = parts }, ct);
        }
        catch
        {
            await AbandonAsync(upload.UploadId);
            throw;
        }
    }

    /// <summary>Parts of an upload that is neither completed nor aborted are paid for and shown nowhere.</summary>
    private async Task AbandonAsync(string uploadId)
    {
        try
        {
            await client.AbortMultipartUploadAsync(
                new AbortMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = uploadId }, CancellationToken.None);
        }
        catch (AmazonServiceException)
        {
            // The upload failed already, and why it did is what the caller must hear. A lifecycle rule of the bucket
            // collects parts that are left.
        }
    }

    private async Task<PartETag> PutPartAsync(string uploadId, int number, byte[] buffer, int count, CancellationToken ct)
    {
        var answer = await client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = bucket,
                Key = key,
                UploadId = uploadId,
                PartNumber = number,
                PartSize = count,
                InputStream = new MemoryStream(buffer, 0, count, writable: false),
                UseChunkEncoding = false,
            },
            ct);
        return new PartETag(number, answer.ETag);
    }
}
