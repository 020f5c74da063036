using MlopsPlane.InferenceGateway.Tensors;
using MlopsPlane.OnnxRuntime;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>Whatever answers the requests of a version: a model in this process, or another server.</summary>
internal interface IModelExecutor : IAsyncDisposable
{
    ModelSignature Signature { get; }

    /// <summary>Requests that wait.</summary>
    int QueueDepth { get; }

    /// <summary>Runs of the model until now.</summary>
    long Runs { get; }

    /// <summary>Managed bytes that the threads which run it have allocated; 0 where there are none.</summary>
    long AllocatedBytes => 0;

    /// <summary>What the arena holds that all models of the process share; null where there is none.</summary>
    ArenaMemory? Arena => null;

    /// <summary>An empty item of this executor; it goes back by <see cref="Return"/> when its answer was written.</summary>
    InferenceItem Rent();

    void Return(InferenceItem item);

    /// <summary>Answers a request whose tensors fit the signature; null, or what its client is told instead.</summary>
    /// <param name="ct">The client has gone.</param>
    ValueTask<PlaneError?> ExecuteAsync(InferenceItem item, CancellationToken ct);

    /// <summary>Makes what is under way fail soon.</summary>
    void Terminate();
}
