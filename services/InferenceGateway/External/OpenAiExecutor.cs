using MlopsPlane.InferenceGateway.Batching;
using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.External;

/// <summary>A variant that speaks OpenAI's protocol, whose requests are texts and no tensors: no request of tensors begins.</summary>
internal sealed class OpenAiExecutor(string variant) : IModelExecutor
{
    private readonly PlaneError refusal = new(
        501, "not_implemented", $"The variant '{variant}' is an external server that speaks OpenAI's protocol; it takes no tensors.");

    public ModelSignature Signature { get; } = new([], [], batchable: false);

    public int QueueDepth => 0;

    public long Runs => 0;

    /// <exception cref="PlaneException">501, always.</exception>
    public InferenceItem Rent() => throw refusal.ToException();

    public void Return(InferenceItem item)
    {
    }

    public ValueTask<PlaneError?> ExecuteAsync(InferenceItem item, CancellationToken ct) => ValueTask.FromResult<PlaneError?>(refusal);

    public void Terminate()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
