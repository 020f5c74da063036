using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.ObjectPool;
using Microsoft.ML.OnnxRuntime;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Quarantine;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>Runs requests on a loaded model: a queue, and the instances that empty it.</summary>
internal sealed class OnnxExecutor : IModelExecutor
{
    private readonly ModelInstance[] instances;
    private readonly ObjectPool<InferenceItem> items;
    private readonly RunTime runTime = new();
    private static readonly PlaneError ClientGone = new(499, "cancelled", "The client cancelled the request.");

    // The platform's timers end at 49 days.
    private static readonly TimeSpan MaxTimer = TimeSpan.FromDays(40);
    private long runs;
    private int ended;

    /// <param name="label">What errors call the model, e.g. <c>'churn' version 3</c>.</param>
    /// <param name="marker">Marked while the model runs; given up with it.</param>
    public OnnxExecutor(OnnxModel model, ModelSignature signature, string label, BatchingSpec batching, int instanceCount, RunMarker? marker = null)
    {
        (Model, Signature, Label, Marker) = (model, signature, label, marker);
        UsesBinding = model.OtherOutputs.Count == 0 && !signature.Inputs.Concat(signature.Outputs).Any(tensor => Datatype.IsText(tensor.Type));
        Policy = BatchPolicy.Of(batching, signature.Batchable && UsesBinding);
        Queue = new BatchQueue(Policy, runTime);
        items = new DefaultObjectPool<InferenceItem>(new ItemPolicy(signature), Math.Max(64, Policy.Capacity));
        instances = [.. Enumerable.Range(0, instanceCount).Select(number => new ModelInstance(this, number))];
        foreach (var instance in instances)
            instance.Start();
    }

    public ModelSignature Signature { get; }

    public OnnxModel Model { get; }

    public string Label { get; }

    /// <summary>Tells the next process that this one died in the model.</summary>
    public RunMarker? Marker { get; }

    public BatchPolicy Policy { get; }

    public BatchQueue Queue { get; }

    /// <summary>Runs use memory that was bound before; not for text and maps.</summary>
    public bool UsesBinding { get; }

    /// <summary>
    /// Runs that take no longer may be run by their callers, in ticks of <see cref="Stopwatch"/>: about what it costs to wake
    /// an instance's thread, and then one of the platform's pool for the answer.
    /// </summary>
    public long ShortRun { get; init; } = UsualShortRun;

    /// <inheritdoc cref="ShortRun"/>
    public static long UsualShortRun { get; } = Stopwatch.Frequency / 50_000;

    /// <summary>Without requests for so long, what runs took of the memory that all models share goes back to the system.</summary>
    public TimeSpan IdleAfter { get; init; } = TimeSpan.FromSeconds(30);

    public ArenaMemory? Arena => Model.Arena;

    public int QueueDepth => Queue.Depth;

    public long AllocatedBytes => instances.Sum(instance => instance.AllocatedBytes);

    public long Runs => Volatile.Read(ref runs);

    public InferenceItem Rent() => items.Get();

    public void Return(InferenceItem item) => items.Return(item);

    public ValueTask<PlaneError?> ExecuteAsync(InferenceItem item, CancellationToken ct)
    {
        var done = item.Begin();
        if (item.Deadline <= Stopwatch.GetTimestamp())
            item.Complete(BatchQueue.Expired);
        else if (IsShort(item) && RunsHere(item))
            return done;
        else if (!Queue.TryEnqueue(item))
            item.Complete(QueueIsFull());
        else if (item.Deadline != long.MaxValue || ct.CanBeCanceled)
            return WatchAsync(item, done, ct);
        return done;
    }

    /// <summary>Its run takes less than to hand it over, and nobody waits before it.</summary>
    private bool IsShort(InferenceItem item) =>
        Policy.MaxDelay == 0 && item.Rows <= Policy.MaxRows && Queue.Depth == 0 && runTime.Predict(item.Rows) is > 0 and var ticks && ticks <= ShortRun;

    /// <summary>Runs the request on the caller's thread where an instance is free.</summary>
    private bool RunsHere(InferenceItem item)
    {
        foreach (var instance in instances)
        {
            if (instance.TryRun(item))
                return true;
        }

        return false;
    }

    /// <summary>Makes runs that are under way fail soon; for a drain that takes too long.</summary>
    public void Terminate()
    {
        foreach (var instance in instances)
            instance.Terminate();
    }

    /// <summary>The model mixed up the rows of several requests: each gets a run of its own from now on.</summary>
    public void StopBatching() => Queue.MaxRows = 1;

    /// <summary>A run has ended well.</summary>
    public void Learn(InferenceItem item, int rows, long now)
    {
        Interlocked.Increment(ref runs);
        runTime.Learn(rows, now - item.StartedAt);
    }

    /// <summary>What the request is told whose run failed.</summary>
    public PlaneError ErrorOf(Exception failure)
    {
        if (failure is OutOfMemoryException)
            return PlaneError.Unavailable("out_of_memory", $"{Label} needs more memory for this request than there is.");
        if (failure is OverflowException)
            return PlaneError.Invalid("answer_too_large", $"{Label} gives an answer of more than 2 GiB to this request.");
        if (failure is not OnnxRuntimeException native)
            return new PlaneError(500, "internal_error", $"{Label} failed; the server's log says why.");
        var told = OnnxException.Of(native);
        if (told.Message.Contains("terminate flag", StringComparison.Ordinal))
            return PlaneError.Unavailable("stopping", $"{Label} was stopped before the run ended.");
        if (told.Code is OnnxErrorCode.ExecutionProviderFail or OnnxErrorCode.DeviceReset || told.Message.Contains("allocate memory", StringComparison.OrdinalIgnoreCase))
            return PlaneError.Unavailable("device_failed", $"{Label} failed: {told.Message}");
        return PlaneError.Invalid("model_failed", $"{Label} failed: {told.Message}");
    }

    /// <summary>Waits for the answer, and takes the request out of the queue when its client goes or its time is up.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<PlaneError?> WatchAsync(InferenceItem item, ValueTask<PlaneError?> done, CancellationToken ct)
    {
        using var timer = item.Deadline == long.MaxValue ? null : new CancellationTokenSource(TimeLeft(item));
        using var late = timer?.Token.UnsafeRegister(static state => ((InferenceItem)state!).Leave(BatchQueue.Expired), item) ?? default;
        using var gone = ct.UnsafeRegister(static state => ((InferenceItem)state!).Leave(ClientGone), item);
        return await done;
    }

    private static TimeSpan TimeLeft(InferenceItem item)
    {
        var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), item.Deadline);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > MaxTimer ? MaxTimer : left;
    }

    private PlaneError QueueIsFull() =>
        new(503, "queue_full", $"The queue of {Label} is full: {Policy.Capacity} requests wait already.", RetryAfterSeconds: 1);

    /// <summary>Runs what waits, then gives the model's memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref ended, 1) != 0)
            return;
        Queue.Close();
        await Task.Run(() =>
        {
            foreach (var instance in instances)
                instance.Join();
        });
        foreach (var instance in instances)
            instance.Dispose();
        Model.Dispose();
        Marker?.Dispose();
    }

    private sealed class ItemPolicy(ModelSignature signature) : PooledObjectPolicy<InferenceItem>
    {
        public override InferenceItem Create() => new(signature);

        public override bool Return(InferenceItem obj)
        {
            obj.Clear();
            return true;
        }
    }
}
