using System.Buffers;
using System.Threading.Tasks.Sources;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Tensors;

/// <summary>
/// One request on its way through a model: its tensors, its place in the queue, and the answer. Items belong to one
/// version and are used again and again, so that a request allocates nothing here.
/// </summary>
internal sealed class InferenceItem : IValueTaskSource<PlaneError?>
{
    // What a few large requests made grow is given back.
    private const int KeptBytes = 1024 * 1024;
    private ManualResetValueTaskSourceCore<PlaneError?> completion = new() { RunContinuationsAsynchronously = true };
    private byte[] inputBuffer = [];
    private byte[] outputBuffer = [];

    public InferenceItem(ModelSignature signature)
    {
        Signature = signature;
        Inputs = [.. signature.Inputs.Select(_ => new TensorSlot())];
        Outputs = [.. signature.Outputs.Select(_ => new TensorSlot())];
    }

    public ModelSignature Signature { get; }

    /// <summary>In the order of the signature.</summary>
    public TensorSlot[] Inputs { get; }

    /// <summary>In the order of the signature; filled by the run.</summary>
    public TensorSlot[] Outputs { get; }

    /// <summary>Rows of a request that may be run together with others; 1 for one that runs alone.</summary>
    public int Rows { get; set; }

    /// <summary>1 is served first.</summary>
    public int Priority { get; set; } = 1;

    /// <summary>Timestamp after which nobody waits for the answer; <see cref="long.MaxValue"/> for none.</summary>
    public long Deadline { get; set; } = long.MaxValue;

    /// <summary>Timestamps of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long EnqueuedAt { get; set; }

    /// <inheritdoc cref="EnqueuedAt"/>
    public long StartedAt { get; set; }

    /// <summary>When its inputs were in place and the model began; 0 where that is not known.</summary>
    public long ComputeAt { get; set; }

    /// <summary>When the model had ended and its outputs were to be copied; 0 where that is not known.</summary>
    public long ComputedAt { get; set; }

    /// <inheritdoc cref="EnqueuedAt"/>
    public long DoneAt { get; set; }

    /// <summary>Rows of the run that it was part of.</summary>
    public int RunRows { get; set; }

    /// <summary>The prediction's id; known before it runs.</summary>
    public string? Id { get; set; }

    /// <summary>It was drawn as a sample.</summary>
    public bool Sampled { get; set; }

    // Links and state of the queue, under its lock.
    internal InferenceItem? Next { get; set; }

    internal InferenceItem? Last { get; set; }

    internal Batching.BatchQueue? Queue { get; set; }

    /// <summary>Room for a request's elements that are not binary already; what it held before is lost.</summary>
    public byte[] InputBuffer(int bytes)
    {
        if (inputBuffer.Length < bytes)
            inputBuffer = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, 256));
        return inputBuffer;
    }

    /// <summary>As <see cref="InputBuffer"/>, with the first bytes kept.</summary>
    public byte[] GrowInputBuffer(int kept, int bytes)
    {
        var grown = GC.AllocateUninitializedArray<byte>(Math.Max(Math.Max(bytes, 256), (int)Math.Min(inputBuffer.Length * 2L, Array.MaxLength)));
        inputBuffer.AsSpan(0, kept).CopyTo(grown);
        return inputBuffer = grown;
    }

    /// <summary>Room for the answer's elements.</summary>
    public byte[] OutputBuffer(int bytes)
    {
        if (outputBuffer.Length < bytes)
            outputBuffer = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, 256));
        return outputBuffer;
    }

    /// <summary>Ready to be waited for once more.</summary>
    public ValueTask<PlaneError?> Begin()
    {
        completion.Reset();
        return new(this, completion.Version);
    }

    /// <summary>Ends the wait; null for success.</summary>
    public void Complete(PlaneError? error) => completion.SetResult(error);

    /// <summary>Ends the wait of a request that does not run yet.</summary>
    public void Leave(PlaneError error)
    {
        if (Queue?.TryRemove(this) == true)
            Complete(error);
    }

    /// <summary>Makes it fit for the next request.</summary>
    public void Clear()
    {
        foreach (var slot in Inputs)
            slot.Clear();
        foreach (var slot in Outputs)
            slot.Clear();
        (Rows, Priority, Deadline, RunRows) = (0, 1, long.MaxValue, 0);
        (Id, Sampled, ComputeAt, ComputedAt) = (null, false, 0, 0);
        if (inputBuffer.Length > KeptBytes)
            inputBuffer = [];
        if (outputBuffer.Length > KeptBytes)
            outputBuffer = [];
    }

    /// <summary>Whether the rows of both have the same shape.</summary>
    public bool HasRowsLike(InferenceItem other)
    {
        if (Signature.OneShape)
            return true;
        for (var i = 0; i < Inputs.Length; i++)
        {
            if (!Inputs[i].Shape[1..].SequenceEqual(other.Inputs[i].Shape[1..]))
                return false;
        }

        return true;
    }

    PlaneError? IValueTaskSource<PlaneError?>.GetResult(short token) => completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PlaneError?>.GetStatus(short token) => completion.GetStatus(token);

    void IValueTaskSource<PlaneError?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        completion.OnCompleted(continuation, state, token, flags);
}
