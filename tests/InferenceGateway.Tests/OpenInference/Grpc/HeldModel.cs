using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Tests.Serving;
using MlopsPlane.Testing;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.OpenInference.Grpc;

/// <summary>A deployment that answers nothing until it is let go: its version waits ten minutes for more rows.</summary>
internal sealed class HeldModel : IAsyncDisposable
{
    private readonly LoadedModel model;
    private readonly ServedVersion version;
    private readonly ServedVariant variant;
    private readonly ServedVersion? before;

    private HeldModel(string name, ServedVariant variant, int queue)
    {
        (Name, this.variant) = (name, variant);
        model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 100, MaxDelayMs = 600_000, Queue = queue });
        version = new ServedVersion(name, 1, model.Executor, null);
        before = variant.Swap(version);
    }

    public string Name { get; }

    public int Waiting => model.Executor.QueueDepth;

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
