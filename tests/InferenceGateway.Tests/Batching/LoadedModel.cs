using System.Buffers;
using System.Runtime.InteropServices;
using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.OpenInference;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Tests.Batching;

/// <summary>A test model in an executor, without a server around it.</summary>
internal sealed class LoadedModel : IAsyncDisposable
{
    public LoadedModel(string file, BatchingSpec? batching = null, int instances = 1, long shortRun = 0, TimeSpan? idleAfter = null)
    {
        var model = OnnxModel.Load(TestModels.File(file), ExecutionProvider.OfCpu, fallBackToCpu: false, Environment);
        var signature = SignatureBuilder.Of(model);
        Refusal = signature.Batchable ? RowCheck.Refusal(model, signature) : "it does not count rows";
        if (Refusal is not null)
            signature = new ModelSignature(signature.Inputs, signature.Outputs, batchable: false);
        Executor = new OnnxExecutor(model, signature, "'m' version 1", batching ?? new BatchingSpec(), instances) { ShortRun = shortRun, IdleAfter = idleAfter ?? TimeSpan.FromMinutes(10) };
    }

    public static OnnxEnvironment Environment => OnnxEnvironment.Start(new OnnxSettings());

    public OnnxExecutor Executor { get; }

    /// <summary>Why its rows are not mixed; null when they are.</summary>
    public string? Refusal { get; }

    /// <summary>An item with one input a tensor, checked as a request is.</summary>
    public InferenceItem Item(params (long[] Shape, byte[] Data)[] inputs)
    {
        var item = Executor.Rent();
        for (var i = 0; i < inputs.Length; i++)
        {
            item.Inputs[i].SetShape(inputs[i].Shape);
            (item.Inputs[i].Present, item.Inputs[i].Data) = (true, new ReadOnlySequence<byte>(inputs[i].Data));
        }

        ItemRules.Check(item);
        return item;
    }

    public async Task<PlaneError?> RunAsync(InferenceItem item) => await Executor.ExecuteAsync(item, TestContext.Current.CancellationToken);

    public static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static T[] Values<T>(TensorSlot slot) where T : unmanaged => MemoryMarshal.Cast<byte, T>(slot.Data.ToArray()).ToArray();

    public ValueTask DisposeAsync() => Executor.DisposeAsync();
}
