using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

/// <summary>
/// A deployment that answers nothing until it is let go: a request of two rows waits ten minutes for a third, and others of
/// two rows or more, which do not fit to it, wait behind.
/// </summary>
internal sealed class HeldModel : IAsyncDisposable
{
    private readonly LoadedModel model;
    private readonly ServedVersion version;
    private readonly ServedVariant variant;
    private readonly ServedVersion? before;

    private HeldModel(string name, ServedVariant variant, int queue)
    {
        (Name, this.variant) = (name, variant);
        model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 3, MaxDelayMs = 600_000, Queue = queue + 1 });
        _ = model.RunAsync(model.Item(([2, 4], LoadedModel.Bytes(new float[8]))));
        version = new ServedVersion(name, 1, model.Executor, null);
        before = variant.Swap(version);
    }

    public string Name { get; }

    /// <summary>Requests that wait behind the first.</summary>
    public int Waiting => model.Executor.QueueDepth - 1;

    /// <param name="queue">Requests that may wait.</param>
    public static async Task<HeldModel> DeployAsync(PlaneFixture plane, ServingWorld world, int queue = 1)
    {
        var name = await world.DeployAsync("add-constant.onnx");
        return new HeldModel(name, plane.Services.GetRequiredService<ServedDeployments>().Require(world.Workspace, name).Variants[0], queue);
    }

    /// <summary>Waits until so many requests wait.</summary>
    public Task WaitsAsync(int requests) => Until.TrueAsync(() => Waiting == requests, seconds: 20);

    public async ValueTask DisposeAsync()
    {
        variant.Swap(before);
        await version.DisposeAsync();
    }
}
