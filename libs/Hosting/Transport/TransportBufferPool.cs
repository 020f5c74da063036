using System.Buffers;
using System.Runtime.InteropServices;

namespace MlopsPlane.Hosting.Transport;

/// <summary>
/// Pinned blocks of one size. What was given back last is rented first: that memory is still in the processor's cache.
/// </summary>
internal sealed class TransportBufferPool(TransportBuffers owner) : MemoryPool<byte>
{
    /// <summary>An image of 3x224x224 floats comes in 20 of these; the web server's own blocks hold 4 KB.</summary>
    public const int BlockBytes = 32 * 1024;

    private const int MaxKept = 512;
    private readonly Lock gate = new();
    private Block? free;
    private int kept;
    private int unused;
    private bool closed;

    public override int MaxBufferSize => BlockBytes;

    /// <param name="minBufferSize">Bytes, at most <see cref="BlockBytes"/>; the block has that many in any case.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is more.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            if (free is { } block)
            {
                free = block.Next;
                (block.Next, block.IsRented) = (null, true);
                unused = Math.Min(unused, --kept);
                return block;
            }
        }

        return new Block(this);
    }

    /// <summary>Gives up the blocks that nobody has needed since the last call.</summary>
    internal void Trim()
    {
        lock (gate)
        {
            // The lower ones are those that were not needed.
            kept -= unused;
            if (kept == 0)
                free = null;
            var last = free;
            for (var i = 1; i < kept; i++)
                last = last!.Next;
            last?.Next = null;
            unused = kept;
        }
    }

    protected override void Dispose(bool disposing)
    {
        owner.Forget(this);
        lock (gate)
            (closed, free, kept, unused) = (true, null, 0, 0);
    }

    private void Return(Block block)
    {
        lock (gate)
        {
            if (!block.IsRented)
                return;
            block.IsRented = false;
            if (closed || kept == MaxKept)
                return;
            (block.Next, free) = (free, block);
            kept++;
        }
    }

    private sealed class Block(TransportBufferPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } =
            MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true), 0, BlockBytes);

        /// <summary>The one below it, while it is free; under the pool's lock, as <see cref="IsRented"/>.</summary>
        public Block? Next { get; set; }

        public bool IsRented { get; set; } = true;

        public void Dispose() => pool.Return(this);
    }
}
