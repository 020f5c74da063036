using Microsoft.ML.OnnxRuntime;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>Inputs and outputs bound once, for runs of one number of rows.</summary>
internal sealed unsafe class BoundRun : IDisposable
{
    private readonly BucketTensor[] inputs;
    private readonly BucketTensor[] outputs;
    private readonly List<OrtValue> given = [];
    private readonly List<OrtValue> values = [];
    private readonly List<OrtValue?> wrapped = [];

    /// <param name="memory">The bucket's memory, which has room for <paramref name="capacity"/> rows.</param>
    /// <exception cref="OnnxRuntimeException">A tensor cannot be bound.</exception>
    public BoundRun(OnnxModel model, bool batchable, BucketTensor[] inputs, BucketTensor[] outputs, int rows, byte* memory, int capacity)
    {
        (this.inputs, this.outputs) = (inputs, outputs);
        Binding = model.Session.CreateIoBinding();
        try
        {
            foreach (var input in inputs)
                given.Add(Wrap(input, batchable, rows, memory + (input.Offset * capacity)));
            BindInputs();
            foreach (var output in outputs)
                wrapped.Add(output.IsKnown ? Wrap(output, batchable, rows, memory + (output.Offset * capacity)) : null);
            BindOutputs();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public OrtIoBinding Binding { get; }

    /// <summary>A provider with memory of its own copies the inputs there when they are bound, not when the model runs.</summary>
    public void BindInputs()
    {
        for (var i = 0; i < inputs.Length; i++)
            Binding.BindInput(inputs[i].Name, given[i]);
    }

    /// <summary>Lets ONNX Runtime make open outputs anew; else it would put the next run's into what the last one made.</summary>
    public void BindOutputs()
    {
        Binding.ClearBoundOutputs();
        for (var i = 0; i < outputs.Length; i++)
        {
            if (wrapped[i] is { } value)
                Binding.BindOutput(outputs[i].Name, value);
            else
                Binding.BindOutputToDevice(outputs[i].Name, OrtMemoryInfo.DefaultInstance);
        }
    }

    public void Dispose()
    {
        Binding.Dispose();
        foreach (var value in values)
            value.Dispose();
    }

    private OrtValue Wrap(BucketTensor tensor, bool batchable, int rows, byte* at)
    {
        var value = OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, tensor.Type, tensor.ShapeFor(rows, batchable), (IntPtr)at, tensor.UnitBytes * (batchable ? rows : 1));
        values.Add(value);
        return value;
    }
}
