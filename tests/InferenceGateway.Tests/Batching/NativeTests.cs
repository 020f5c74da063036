using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Testing;

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
        using var adapter = OnnxAdapter.Load(TestModels.File("adapted.onnx_adapter"), LoadedModel.Environment);
        adapter.Activate(adapted);
        Assert.Equal([4, 5], Run(model, plain));
        // x·A is 30, and B is (10, -10).
        Assert.Equal([304, -295], Run(model, adapted));
        Assert.Equal([4, 5], Run(model, plain));
        using var fromBytes = OnnxAdapter.Load(File.ReadAllBytes(TestModels.File("adapted.onnx_adapter")), LoadedModel.Environment);
        using var again = new RunOptions();
        fromBytes.Activate(again);
        Assert.Equal([304, -295], Run(model, again));
    }

    [Fact]
    public void What_is_no_adapter_is_refused_with_the_librarys_reason()
    {
        Assert.Contains("adapter", Assert.Throws<OnnxException>(() => OnnxAdapter.Load(new byte[64], LoadedModel.Environment)).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<OnnxException>(() => OnnxAdapter.Load(TestModels.File("none.onnx_adapter"), LoadedModel.Environment));
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
    public async Task What_runs_took_of_the_arena_goes_back_once_nobody_comes()
    {
        await using var model = new LoadedModel("image.onnx", idleAfter: TimeSpan.FromMilliseconds(300));
        var held = 0L;
        using (var info = new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.ArenaAllocator, 0, OrtMemType.Default))
        using (var arena = new OrtAllocator(model.Executor.Model.Session, info))
        using (OrtValue.CreateAllocatedTensorValue(arena, TensorElementType.Float, [1, 3, 4096, 4096]))
        {
            held = model.Executor.Arena!.Reserved;
            Assert.InRange(model.Executor.Arena!.InUse, 201_326_592, held);
        }

        // A run that nobody needed the arena for; the memory stays until the instance was idle.
        Assert.Null(await model.RunAsync(model.Item(([1, 3, 224, 224], new byte[3 * 224 * 224 * sizeof(float)]))));
        await Until.TrueAsync(() => model.Executor.Arena!.Reserved <= held - 200_000_000);
    }

    [Fact]
    public async Task What_is_run_to_give_memory_back_is_one_row_however_large_the_last_run_was()
    {
        // The model fails with one row alone, and only then.
        using var model = OnnxModel.Load(TestModels.File("pair.onnx"), ExecutionProvider.OfCpu, fallBackToCpu: false, LoadedModel.Environment);
        await using var items = new LoadedModel("pair.onnx", new BatchingSpec { Enabled = false });
        using var bucket = new ShapeBucket(model, new ModelSignature(model.Inputs, model.Outputs, batchable: true), items.Item(([8, 2], new byte[64])), maxRows: 16);
        using var options = new RunOptions();
        bucket.Repeat(options);
        bucket.Run([items.Item(([8, 2], new byte[64]))], 8, options);
        Assert.Throws<OnnxRuntimeException>(() => bucket.Repeat(options));
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
