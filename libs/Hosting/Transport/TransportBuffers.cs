using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace MlopsPlane.Hosting.Transport;

/// <summary>
/// Memory that the web server receives into and sends from: one pool for each of its queues, with larger blocks than its own,
/// so that a tensor or a file takes fewer calls of the system. What nobody needed for a minute is given back.
/// </summary>
public sealed class TransportBuffers : IMemoryPoolFactory<byte>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly List<TransportBufferPool> pools = [];
    private readonly ITimer timer;

    public TransportBuffers(TimeProvider clock) => timer = clock.CreateTimer(_ => Trim(), null, Interval, Interval);

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null)
    {
        var pool = new TransportBufferPool(this);
        lock (gate)
            pools.Add(pool);
        return pool;
    }

    public void Dispose() => timer.Dispose();

    internal void Forget(TransportBufferPool pool)
    {
        lock (gate)
            pools.Remove(pool);
    }

    private void Trim()
    {
        lock (gate)
            pools.ForEach(pool => pool.Trim());
    }
}
