using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>
/// Memory for one run of a version at a time, and a thread that runs what waits: a thread of its own, since a run blocks
/// for as long as the model takes and the platform's pool must stay free for requests. What takes less than waking that
/// thread may be run by its caller.
/// </summary>
internal sealed class ModelInstance : IDisposable
{
    // Models whose rows have many shapes keep memory for the ones that were used last.
    private const int MaxBuckets = 16;
    private const long MaxBucketBytes = 512L * 1024 * 1024;
    private readonly OnnxExecutor owner;
    private readonly Thread thread;
    private readonly InferenceItem[] run;
    private readonly List<ShapeBucket> buckets = [];
    private readonly List<long[]> shapes = [];
    private readonly RunOptions options = new();
    private readonly Lock running = new();
    private bool used;
    private long loopBytes;
    private long callerBytes;

    public ModelInstance(OnnxExecutor owner, int number)
    {
        this.owner = owner;
        run = new InferenceItem[owner.Policy.MaxRows];
        thread = new Thread(Loop) { IsBackground = true, Name = $"model-{owner.Label}-{number}" };
    }

    public void Start() => thread.Start();

    /// <summary>Makes the present run fail soon.</summary>
    public void Terminate() => options.Terminate = true;

    /// <summary>Managed bytes that its runs have allocated.</summary>
    public long AllocatedBytes => Volatile.Read(ref loopBytes) + Volatile.Read(ref callerBytes);

    /// <summary>Runs a request on the caller's thread; false when the instance is busy.</summary>
    public bool TryRun(InferenceItem item)
    {
        if (!running.TryEnter())
            return false;
        try
        {
            // The first run of a shape takes longer than was learned of others.
            if (owner.UsesBinding && BucketOf(item) is null)
                return false;
            var before = GC.GetAllocatedBytesForCurrentThread();
            item.EnqueuedAt = item.StartedAt = Stopwatch.GetTimestamp();
            Run(new ReadOnlySpan<InferenceItem>(in item), item.Rows);
            Volatile.Write(ref callerBytes, callerBytes + GC.GetAllocatedBytesForCurrentThread() - before);
            return true;
        }
        finally
        {
            running.Exit();
        }
    }

    /// <summary>After the queue was closed: waits until its last run is done.</summary>
    public void Join() => thread.Join();

    public void Dispose()
    {
        foreach (var bucket in buckets)
            bucket.Dispose();
        options.Dispose();
    }

    private void Loop()
    {
        while (owner.Queue.Take(run, (int)owner.IdleAfter.TotalMilliseconds) is not 0 and var count)
        {
            if (count < 0)
            {
                GiveBack();
                continue;
            }

            var items = run.AsSpan(0, count);
            var rows = 0;
            foreach (var item in items)
                rows += item.Rows;
            lock (running)
                Run(items, rows);
            items.Clear();
            Volatile.Write(ref loopBytes, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    /// <summary>Nobody has come for a while: what runs took of the shared memory goes back to the system, at the end of a last run.</summary>
    private void GiveBack()
    {
        lock (running)
        {
            if (!used || buckets.MaxBy(bucket => bucket.UsedAt) is not { } latest)
                return;
            used = false;
            owner.Marker?.Enter();
            try
            {
                using var shrinking = owner.Model.ShrinkingOptions();
                latest.Repeat(shrinking);
            }
            catch (OnnxRuntimeException)
            {
                // Nobody waits for the answer: the requests with these rows failed before, or the model takes no row alone.
            }
            finally
            {
                owner.Marker?.Leave();
            }
        }
    }

    private void Run(ReadOnlySpan<InferenceItem> items, int rows)
    {
        try
        {
            Execute(items, rows);
            var now = Stopwatch.GetTimestamp();
            owner.Learn(items[0], rows, now);
            foreach (var item in items)
            {
                (item.DoneAt, item.RunRows) = (now, rows);
                item.Complete(null);
            }
        }
        catch (Exception failure) when (items.Length > 1)
        {
            // One bad request must not fail its neighbours: each has a run of its own now.
            if (failure is RowsLostException)
                owner.StopBatching();
            foreach (ref readonly var item in items)
            {
                item.StartedAt = Stopwatch.GetTimestamp();
                Run(new ReadOnlySpan<InferenceItem>(in item), item.Rows);
            }
        }
        catch (Exception failure)
        {
            items[0].DoneAt = Stopwatch.GetTimestamp();
            items[0].RunRows = rows;
            items[0].Complete(owner.ErrorOf(failure));
        }
    }

    private void Execute(ReadOnlySpan<InferenceItem> items, int rows)
    {
        used = true;
        owner.Marker?.Enter();
        try
        {
            ExecuteMarked(items, rows);
        }
        finally
        {
            owner.Marker?.Leave();
        }
    }

    private void ExecuteMarked(ReadOnlySpan<InferenceItem> items, int rows)
    {
        if (!owner.UsesBinding)
        {
            foreach (var item in items)
                PlainRun.Run(owner.Model, item, options);
            return;
        }

        if (rows > run.Length)
        {
            // One request with more rows than a run should have: memory for it is not worth keeping.
            PlainRun.Run(owner.Model, items[0], options);
            return;
        }

        var bucket = BucketOf(items[0]) ?? Add(items[0]);
        bucket.UsedAt = Stopwatch.GetTimestamp();
        var before = bucket.Bytes;
        bucket.Run(items, rows, options);
        if (bucket.Bytes > before)
            Trim(bucket);
    }

    private ShapeBucket? BucketOf(InferenceItem item)
    {
        for (var i = 0; i < buckets.Count; i++)
        {
            if (Fits(shapes[i], item))
                return buckets[i];
        }

        return null;
    }

    private ShapeBucket Add(InferenceItem item)
    {
        if (buckets.Count >= MaxBuckets)
            DropOldest();
        var made = new ShapeBucket(owner.Model, item.Signature, item, run.Length);
        buckets.Add(made);
        shapes.Add(KeyOf(item));
        return made;
    }

    /// <summary>Gives up the memory for the shapes not used for longest, that of the last run at the very end.</summary>
    private void Trim(ShapeBucket last)
    {
        while (buckets.Count > 1 && buckets.Sum(bucket => bucket.Bytes) > MaxBucketBytes)
            DropOldest();
        if (last.Bytes > MaxBucketBytes)
            DropOldest();
    }

    private void DropOldest()
    {
        var oldest = 0;
        for (var i = 1; i < buckets.Count; i++)
            oldest = buckets[i].UsedAt < buckets[oldest].UsedAt ? i : oldest;
        buckets[oldest].Dispose();
        buckets.RemoveAt(oldest);
        shapes.RemoveAt(oldest);
    }

    private static bool Fits(long[] shape, InferenceItem item)
    {
        if (item.Signature.OneShape)
            return true;
        var skip = item.Signature.Batchable ? 1 : 0;
        var rest = shape.AsSpan();
        foreach (var input in item.Inputs)
        {
            var own = input.Shape[skip..];
            if (rest.Length < own.Length + 1 || rest[0] != own.Length || !rest.Slice(1, own.Length).SequenceEqual(own))
                return false;
            rest = rest[(own.Length + 1)..];
        }

        return true;
    }

    private static long[] KeyOf(InferenceItem item)
    {
        var key = new List<long>();
        foreach (var input in item.Inputs)
        {
            var own = input.Shape[(item.Signature.Batchable ? 1 : 0)..];
            key.Add(own.Length);
            key.AddRange(own);
        }

        return [.. key];
    }
}
