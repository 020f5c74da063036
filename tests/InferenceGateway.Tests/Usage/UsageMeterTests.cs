using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Serving;
using MlopsPlane.InferenceGateway.Tests.Batching;
using MlopsPlane.InferenceGateway.Usage;

namespace MlopsPlane.InferenceGateway.Tests.Usage;

public sealed class UsageMeterTests
{
    [Fact]
    public async Task Every_request_is_in_exactly_one_of_what_is_taken()
    {
        await using var model = new LoadedModel("add-constant.onnx");
        var (meter, call) = (new UsageMeter(), Call(model));
        var requests = 0L;
        var counting = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
                meter.Count(call, succeeded: true);
        })).ToArray();
        while (!Task.WhenAll(counting).IsCompleted)
            requests += meter.Take().Sum(taken => taken.Tally.Requests);
        requests += meter.Take().Sum(taken => taken.Tally.Requests);
        Assert.Equal(80_000, requests);
    }

    [Fact]
    public async Task Rows_bytes_and_each_requests_share_of_its_run_are_counted()
    {
        await using var model = new LoadedModel("add-constant.onnx", new BatchingSpec { MaxBatch = 8, MaxDelayMs = 500, Preferred = [4] });
        var (meter, first, second) = (new UsageMeter(), Call(model, rows: 3), Call(model, rows: 1));
        Assert.All(await Task.WhenAll(model.RunAsync(first.Item), model.RunAsync(second.Item)), Assert.Null);
        meter.Count(first, succeeded: true);
        meter.Count(second, succeeded: true);
        meter.Count(second, succeeded: false);
        var (key, tally) = Assert.Single(meter.Take());
        Assert.Equal(("ws", "d", "main", "m", 1), (key.Workspace, key.Deployment, key.Variant, key.Model, key.Version));
        Assert.Equal((2, 1, 4, 80, 64), (tally.Requests, tally.Failed, tally.Items, tally.InputBytes, tally.OutputBytes));
        var run = (double)(first.Item.DoneAt - first.Item.StartedAt) / System.Diagnostics.Stopwatch.Frequency;
        Assert.Equal(run, tally.ComputeSeconds, 0.001 * run + 1e-8);
    }

    private static InferenceCall Call(LoadedModel model, int rows = 1)
    {
        var variant = new ServedVariant(new VariantSpec { Name = "main", Model = "models:/m/1", Weight = 100 });
        var desired = new DesiredDeployment(1, "ws", 1, new DeploymentSpec { Name = "d", Variants = [variant.Spec] }, new Dictionary<string, VariantTarget>());
        return new(new ServedDeployment(desired, [variant], null), variant, new ServedVersion("m", 1, model.Executor, null), model.Item(([rows, 4], LoadedModel.Bytes(new float[rows * 4]))), 0);
    }
}
