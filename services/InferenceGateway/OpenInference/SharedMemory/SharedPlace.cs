using System.Buffers;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

/// <summary>Where in a region a tensor lies, or is to be written.</summary>
/// <param name="Offset">Byte of the region.</param>
internal sealed record SharedPlace(SharedRegion Region, long Offset, long Bytes)
{
    public ReadOnlySequence<byte> Read()
    {
        var copy = GC.AllocateUninitializedArray<byte>((int)Bytes);
        Region.Read(Offset, copy);
        return new ReadOnlySequence<byte>(copy);
    }

    /// <exception cref="PlaneException">400: there is not enough room.</exception>
    public void Write(string output, ReadOnlySequence<byte> data)
    {
        if (data.Length > Bytes)
            throw PlaneError.Invalid("invalid_region", $"The output '{output}' has {data.Length} bytes; 'shared_memory_byte_size' leaves it {Bytes}.").ToException();
        Region.Write(Offset, data);
    }
}

/// <summary>The parameters of a tensor that say where it lies, while they are read.</summary>
internal struct SharedPlaceRequest
{
    public const string RegionKey = "shared_memory_region";
    public const string OffsetKey = "shared_memory_offset";
    public const string BytesKey = "shared_memory_byte_size";

    public string? Region { get; set; }

    public ulong Offset { get; set; }

    public ulong Bytes { get; set; }
}
