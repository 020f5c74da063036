using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>
/// Memory of one instance for runs whose rows have one shape, and what is bound to it: made once, so that a run copies
/// the requests' bytes in, calls the model and copies the answers out, and allocates nothing.
/// </summary>
/// <remarks>Belongs to one thread.</remarks>
internal sealed unsafe class ShapeBucket : IDisposable
{
    private const int Alignment = 64;
    private readonly OnnxModel model;
    private readonly ModelSignature signature;
    private readonly BucketTensor[] inputs;
    private BucketTensor[] outputs;
    private readonly BoundRun?[] runs;
    private bool hasOpenOutputs;
    private bool proven;
    private byte* memory;
    private int capacity;

    /// <param name="like">A request with rows of the bucket's shape.</param>
    /// <param name="maxRows">Most rows of a run.</param>
    public ShapeBucket(OnnxModel model, ModelSignature signature, InferenceItem like, int maxRows)
    {
        (this.model, this.signature) = (model, signature);
        inputs = [.. signature.Inputs.Select((spec, i) => BucketTensor.Of(spec, like.Inputs[i].Shape.ToArray(), signature.Batchable))];
        var sizes = new ShapeSolver(signature.Inputs, inputs);
        outputs = [.. signature.Outputs.Select(spec => sizes.Solve(spec, signature.Batchable))];
        hasOpenOutputs = outputs.Any(output => !output.IsKnown);
        runs = new BoundRun?[maxRows + 1];
    }

    /// <summary>Bytes of native memory that it holds.</summary>
    public long Bytes { get; private set; }

    /// <summary>Ticks of its last run, to find the bucket that was not used for longest.</summary>
    public long UsedAt { get; set; }

    /// <summary>Runs requests, whose rows come to <paramref name="rows"/>; their answers are in them afterwards.</summary>
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    public void Run(ReadOnlySpan<InferenceItem> items, int rows, RunOptions options)
    {
        if (hasOpenOutputs || proven)
        {
            RunOnce(items, rows, options);
            return;
        }

        try
        {
            RunOnce(items, rows, options);
        }
        catch (OnnxRuntimeException)
        {
            // Either the request is bad, or the file promises other shapes than the model gives.
            var promised = outputs;
            Open([.. signature.Outputs.Select(BucketTensor.Open)]);
            try
            {
                RunOnce(items, rows, options);
            }
            catch (OnnxRuntimeException)
            {
                Open(promised);
                throw;
            }
        }

        proven = true;
    }

    /// <summary>Runs the first row of what is there once more; the answer is nobody's.</summary>
    /// <exception cref="OnnxRuntimeException">The model failed.</exception>
    public void Repeat(RunOptions options)
    {
        if (runs.FirstOrDefault(run => run is not null) is not { } smallest)
            return;
        // Elsewhere a number of rows that was not run yet may take long to prepare.
        if (model.Provider.IsCpu)
            smallest = RunOf(1);
        if (hasOpenOutputs)
            smallest.BindOutputs();
        model.Session.RunWithBinding(options, smallest.Binding);
        if (hasOpenOutputs)
            smallest.Binding.ClearBoundOutputs();
    }

    private void RunOnce(ReadOnlySpan<InferenceItem> items, int rows, RunOptions options)
    {
        Reserve(rows);
        var run = RunOf(rows);
        for (var i = 0; i < inputs.Length; i++)
        {
            var at = memory + (inputs[i].Offset * capacity);
            foreach (var item in items)
            {
                var data = item.Inputs[i].Data;
                data.CopyTo(new Span<byte>(at, checked((int)data.Length)));
                at += data.Length;
            }
        }

        if (!model.Provider.IsCpu)
        {
            run.BindInputs();
            run.Binding.SynchronizeBoundInputs();
        }

        if (hasOpenOutputs)
            run.BindOutputs();
        var began = Stopwatch.GetTimestamp();
        model.Session.RunWithBinding(options, run.Binding);
        if (!model.Provider.IsCpu)
            run.Binding.SynchronizeBoundOutputs();
        var ended = Stopwatch.GetTimestamp();
        foreach (var item in items)
            (item.ComputeAt, item.ComputedAt) = (began, ended);
        if (!hasOpenOutputs)
        {
            CopyOut(items);
            return;
        }

        CopyFrom(run.Binding, items);
        // What the library made would be kept until the next run of as many rows.
        run.Binding.ClearBoundOutputs();
    }

    public void Dispose() => Release();

    private BoundRun RunOf(int rows) => runs[rows] ??= new BoundRun(model, signature.Batchable, inputs, outputs, rows, memory, capacity);

    private void CopyOut(ReadOnlySpan<InferenceItem> items)
    {
        var row = 0L;
        foreach (var item in items)
        {
            var rows = signature.Batchable ? item.Rows : 1;
            var total = 0L;
            foreach (var output in outputs)
                total += output.UnitBytes * rows;
            var buffer = item.OutputBuffer(checked((int)total));
            var at = 0;
            for (var i = 0; i < outputs.Length; i++)
            {
                var bytes = (int)(outputs[i].UnitBytes * rows);
                new ReadOnlySpan<byte>(memory + (outputs[i].Offset * capacity) + (outputs[i].UnitBytes * row), bytes).CopyTo(buffer.AsSpan(at));
                item.Outputs[i].Data = new ReadOnlySequence<byte>(buffer, at, bytes);
                outputs[i].ShapeFor(rows, item.Outputs[i], signature.Batchable);
                at += bytes;
            }

            row += rows;
        }
    }

    /// <summary>Outputs whose shape the run itself decided are taken from where ONNX Runtime put them.</summary>
    private void CopyFrom(OrtIoBinding binding, ReadOnlySpan<InferenceItem> items)
    {
        using var values = binding.GetOutputValues();
        OutputCopy.From(values, signature.Batchable, items);
    }

    private void Open(BucketTensor[] others)
    {
        Release();
        outputs = others;
        hasOpenOutputs = outputs.Any(output => !output.IsKnown);
    }

    /// <summary>Makes room for as many rows, growing in powers of two.</summary>
    private void Reserve(int rows)
    {
        if (rows <= capacity)
            return;
        Release();
        var room = Math.Min(runs.Length - 1, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows));
        var offset = 0L;
        // Offsets are counted in bytes a row, so that they hold for every capacity.
        foreach (var tensor in inputs.Concat(outputs))
        {
            tensor.Offset = offset;
            offset = checked(offset + Math.Max(Alignment, (tensor.UnitBytes + Alignment - 1) / Alignment * Alignment));
        }

        var bytes = checked(offset * room);
        memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
        (Bytes, capacity) = (bytes, room);
    }

    private void Release()
    {
        foreach (ref var run in runs.AsSpan())
        {
            run?.Dispose();
            run = null;
        }

        NativeMemory.AlignedFree(memory);
        memory = null;
        (Bytes, capacity) = (0, 0);
    }
}
