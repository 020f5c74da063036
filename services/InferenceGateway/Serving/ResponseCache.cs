using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Caching.Memory;
using MlopsPlane.InferenceGateway.Tensors;

namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>
/// Answers that this replica remembers for a deployment, up to a number of bytes. An answer is found by the digest of the
/// model's files and of everything that was sent to it, so that a version never answers with another's.
/// </summary>
internal sealed class ResponseCache(long maxBytes) : IDisposable
{
    // What an entry takes beside its answer.
    private const int EntryBytes = 256;
    private readonly MemoryCache entries = new(new MemoryCacheOptions { SizeLimit = maxBytes });

    public long MaxBytes { get; } = maxBytes;

    /// <summary>The key of a request; null where there is nothing to tell models apart.</summary>
    public static string? KeyOf(ServedVersion version, InferenceItem item)
    {
        if (version.Files is not { } files)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Convert.FromHexString(files.Digest));
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var input in item.Inputs)
        {
            // With the rank in front no two requests have the same bytes.
            BinaryPrimitives.WriteInt64LittleEndian(number, input.Rank);
            hash.AppendData(number);
            hash.AppendData(MemoryMarshal.AsBytes(input.Shape));
            BinaryPrimitives.WriteInt64LittleEndian(number, input.Data.Length);
            hash.AppendData(number);
            foreach (var segment in input.Data)
                hash.AppendData(segment.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>Puts a remembered answer into the item.</summary>
    public bool TryGet(string key, InferenceItem item)
    {
        if (!entries.TryGetValue(key, out Answer? answer) || answer is null)
            return false;
        for (var i = 0; i < item.Outputs.Length; i++)
        {
            item.Outputs[i].SetShape(answer.Shapes[i]);
            item.Outputs[i].Data = new ReadOnlySequence<byte>(answer.Data[i]);
        }

        return true;
    }

    public void Keep(string key, InferenceItem item)
    {
        var answer = new Answer([.. item.Outputs.Select(output => output.Shape.ToArray())], [.. item.Outputs.Select(output => output.Data.ToArray())]);
        var size = EntryBytes + answer.Data.Sum(data => (long)data.Length);
        if (size <= MaxBytes)
            entries.Set(key, answer, new MemoryCacheEntryOptions { Size = size });
    }

    public void Dispose() => entries.Dispose();

    private sealed record Answer(long[][] Shapes, byte[][] Data);
}
