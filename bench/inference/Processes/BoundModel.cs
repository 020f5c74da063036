using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.Bench.Inference.Processes;

/// <summary>A model of float tensors with memory that is bound once: what is left when nothing but the run is done.</summary>
internal sealed class BoundModel : IDisposable
{
    private readonly OnnxModel model;
    private readonly OrtIoBinding binding;
    private readonly RunOptions options = new();
    private readonly OrtValue[] inputs;
    private readonly OrtValue[] outputs;

    private BoundModel(OnnxModel model, long rows)
    {
        this.model = model;
        binding = model.Session.CreateIoBinding();
        inputs = [.. model.Inputs.Select(input => Memory(input, rows))];
        outputs = [.. model.Outputs.Select(output => Memory(output, rows))];
        for (var i = 0; i < inputs.Length; i++)
            binding.BindInput(model.Inputs[i].Name, inputs[i]);
        for (var i = 0; i < outputs.Length; i++)
            binding.BindOutput(model.Outputs[i].Name, outputs[i]);
    }

    public static BoundModel Load(string file, long rows) =>
        new(OnnxModel.Load(file, ExecutionProvider.OfCpu, fallBackToCpu: false, OnnxEnvironment.Start(new OnnxSettings())), rows);

    public void Run() => model.Session.RunWithBinding(options, binding);

    /// <summary>Runs on the end of a request's body.</summary>
    /// <returns>The first output, valid until the next run.</returns>
    public ReadOnlySpan<byte> Run(ReadOnlySequence<byte> body)
    {
        var memory = inputs[0].GetTensorMutableRawData();
        body.Slice(body.Length - memory.Length).CopyTo(memory);
        Run();
        return outputs[0].GetTensorMutableRawData();
    }

    public void Dispose()
    {
        binding.Dispose();
        options.Dispose();
        foreach (var value in inputs.Concat(outputs))
            value.Dispose();
        model.Dispose();
    }

    private static OrtValue Memory(TensorSpec tensor, long rows)
    {
        long[] shape = [.. tensor.Shape.Select(size => size < 0 ? rows : size)];
        var value = OrtValue.CreateAllocatedTensorValue(OrtAllocator.DefaultInstance, tensor.Type, shape);
        var floats = MemoryMarshal.Cast<byte, float>(value.GetTensorMutableRawData());
        for (var i = 0; i < floats.Length; i++)
            floats[i] = i % 7 * 0.125f;
        return value;
    }
}
