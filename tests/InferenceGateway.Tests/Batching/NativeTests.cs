using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using MlopsPlane.OnnxRuntime;

namespace MlopsPlane.InferenceGateway.Tests.Batching;

/// <summary>What the library gives beside plain runs.</summary>
public sealed class NativeTests
{
    private static readonly float[] Row = [1, 2, 3, 4];

    [Fact]
    public void An_adapter_changes_the_runs_that_it_is_active_for_and_no_other()
    {
        using var model = OnnxModel.Load(TestModels.File("adapted.onnx"), ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment);
        using var plain = new RunOptions();
        using var adapted = new RunOptions();
        using var adapter = OnnxAdapter.Load(TestModels.File("adapted.onnx_adapter"));
        adapter.Activate(adapted);
        Assert.Equal([4, 5], Run(model, plain));
        // x·A is 30, and B is (10, -10).
        Assert.Equal([304, -295], Run(model, adapted));
        Assert.Equal([4, 5], Run(model, plain));
        using var fromBytes = OnnxAdapter.Load(File.ReadAllBytes(TestModels.File("adapted.onnx_adapter")));
        using var again = new RunOptions();
        fromBytes.Activate(again);
        Assert.Equal([304, -295], Run(model, again));
    }

    [Fact]
    public void What_is_no_adapter_is_refused_with_the_librarys_reason()
    {
        Assert.Contains("adapter", Assert.Throws<OnnxException>(() => OnnxAdapter.Load(new byte[64])).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<OnnxException>(() => OnnxAdapter.Load(TestModels.File("none.onnx_adapter")));
    }

    [Fact]
    public void A_model_in_memory_takes_its_external_weights_from_memory_too()
    {
        var model = File.ReadAllBytes(TestModels.File("external.onnx"));
        var weights = new Dictionary<string, ReadOnlyMemory<byte>> { ["external.bin"] = File.ReadAllBytes(TestModels.File("external.bin")) };
        using var whole = OnnxModel.Load(model, ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment, weights);
        using var linear = OnnxModel.Load(TestModels.File("linear.onnx"), ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment);
        using var options = new RunOptions();
        Assert.Equal(Run(linear, options), Run(whole, options));
        Assert.Throws<OnnxException>(() => OnnxModel.Load(model, ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment).Dispose());
        var cut = new Dictionary<string, ReadOnlyMemory<byte>> { ["external.bin"] = new byte[8] };
        Assert.Throws<OnnxException>(() => OnnxModel.Load(model, ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment, cut).Dispose());
    }

    [Fact]
    public void The_arena_tells_what_it_holds_and_gives_back_what_nobody_uses()
    {
        using (var model = OnnxModel.Load(TestModels.File("image.onnx"), ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment))
        {
            var before = LoadedModel.Environment.Memory!.Value;
            using var input = OrtValue.CreateAllocatedTensorValue(new OrtAllocator(model.Session, OrtMemoryInfo.DefaultInstance), Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float, [1, 3, 2048, 2048]);
            Assert.InRange(LoadedModel.Environment.Memory!.Value.Reserved, before.InUse + 25_000_000, long.MaxValue);
        }

        var held = LoadedModel.Environment.Memory!.Value;
        LoadedModel.Environment.Shrink();
        Assert.InRange(LoadedModel.Environment.Memory!.Value.Reserved, 0, held.Reserved - 25_000_000);
    }

    [Fact]
    public void A_provider_is_probed_by_loading_it()
    {
        ExecutionProvider.OfCpu.Probe(LoadedModel.Environment);
        Assert.Contains("CUDA", Assert.Throws<OnnxException>(() => new ExecutionProvider(ExecutionProvider.Cuda).Probe(LoadedModel.Environment)).Message, StringComparison.Ordinal);
        Assert.Contains("/no/such.so", Assert.Throws<OnnxException>(() => new ExecutionProvider("npu", "/no/such.so").Probe(LoadedModel.Environment)).Message, StringComparison.Ordinal);
    }

    private static float[] Run(OnnxModel model, RunOptions options)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(Row, [1, 4]);
        using var outputs = model.Session.Run(options, ["x"], [input], ["y"]);
        return MemoryMarshal.Cast<byte, float>(outputs[0].GetTensorMutableRawData()).ToArray();
    }
}
