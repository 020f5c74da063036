using System.Buffers;
using MlopsPlane.InferenceGateway.OpenInference.SharedMemory;

namespace MlopsPlane.InferenceGateway.Tensors;

/// <summary>
/// One tensor of a request or an answer: its shape, and its elements little-endian in row-major order without padding;
/// text as a 32-bit length and UTF-8 bytes an element. The layout of the protocol's binary extension.
/// </summary>
internal sealed class TensorSlot
{
    /// <summary>Most dimensions that a tensor may have.</summary>
    public const int MaxRank = 16;

    private long[] dimensions = new long[4];

    public int Rank { get; private set; }

    public ReadOnlySpan<long> Shape => dimensions.AsSpan(0, Rank);

    /// <summary>The elements.</summary>
    public ReadOnlySequence<byte> Data { get; set; }

    /// <summary>Where the elements begin in the item's own buffer, while a request is read.</summary>
    public int BufferStart { get; set; }

    /// <summary>How many bytes of that buffer they take; -1 when they lie elsewhere.</summary>
    public int BufferBytes { get; set; } = -1;

    /// <summary>The request has it, or asks for it.</summary>
    public bool Present { get; set; }

    /// <summary>The caller asks for it in binary form.</summary>
    public bool Binary { get; set; }

    /// <summary>As many of the highest elements are asked for, with their positions; 0 for the tensor itself.</summary>
    public int Classes { get; set; }

    /// <summary>Where in shared memory the caller wants it; null for in the answer.</summary>
    public SharedPlace? Place { get; set; }

    public void SetShape(ReadOnlySpan<long> shape)
    {
        if (dimensions.Length < shape.Length)
            dimensions = new long[MaxRank];
        shape.CopyTo(dimensions);
        Rank = shape.Length;
    }

    /// <summary>Room for a shape of as many dimensions.</summary>
    public Span<long> ResetShape(int rank)
    {
        if (dimensions.Length < rank)
            dimensions = new long[MaxRank];
        Rank = rank;
        return dimensions.AsSpan(0, rank);
    }

    /// <summary>Elements of the shape; -1 when their number does not fit into 63 bits.</summary>
    public static long ElementsOf(ReadOnlySpan<long> shape)
    {
        long elements = 1;
        foreach (var size in shape)
        {
            if (size < 0 || (size > 0 && elements > long.MaxValue / size))
                return -1;
            elements *= size;
        }

        return elements;
    }

    public void Clear()
    {
        (Rank, Data, Present, Binary, Classes) = (0, default, false, false, 0);
        (BufferStart, BufferBytes, Place) = (0, -1, null);
    }
}
