using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Loading;
using MlopsPlane.InferenceGateway.Tests.ModelStore;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.Serving;

public sealed class LoadStepTests(AllInOneOnSqlite plane) : IDisposable
{
    private readonly ModelWorld world = new(plane);

    [Fact]
    public async Task Loading_tells_its_steps_and_how_much_of_the_files_has_arrived()
    {
        var version = await world.RegisterAsync("m", ("model.onnx", TestModels.Read("linear.onnx")), ("padding.bin", Random.Shared.GetItems<byte>([1, 2, 3], 1_000_000)));
        var variant = new VariantSpec { Name = "main", Model = $"models:/m/{version}", Weight = 100 };
        var desired = new DesiredDeployment(1, world.Workspace, 1, new DeploymentSpec { Name = "d", Variants = [variant] }, new Dictionary<string, VariantTarget>());
        var told = new Steps();
        await using (await plane.Services.GetRequiredService<VersionLoader>().LoadAsync(desired, new VariantTarget("m", version, null), told, TestContext.Current.CancellationToken))
            Assert.Equal([LoadStep.Downloading, LoadStep.Loading, LoadStep.Warming], told.All.Select(step => step.State).Distinct());
        var arrived = told.All.Where(step => step.State == LoadStep.Downloading).Select(step => step.Progress).ToList();
        Assert.Null(arrived[0]);
        Assert.Equal(arrived.Skip(1).Order(), arrived.Skip(1));
        Assert.InRange(arrived[1]!.Value, 0, 0.5);
        Assert.Equal(1, arrived[^1]);
    }

    public void Dispose() => world.Dispose();

    private sealed class Steps : IProgress<LoadStep>
    {
        private readonly List<LoadStep> all = [];

        public IReadOnlyList<LoadStep> All
        {
            get
            {
                lock (all)
                    return [.. all];
            }
        }

        public void Report(LoadStep value)
        {
            lock (all)
                all.Add(value);
        }
    }
}
