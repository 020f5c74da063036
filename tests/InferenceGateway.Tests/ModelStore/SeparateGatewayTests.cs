using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.ModelRegistry;
using MlopsPlane.Hosting;
using MlopsPlane.InferenceGateway.ModelStore;
using MlopsPlane.Primitives;
using MlopsPlane.Testing.Hosts;

namespace MlopsPlane.InferenceGateway.Tests.ModelStore;

/// <summary>A gateway without the registry's module, as in the cluster.</summary>
public sealed class SeparateGatewayTests
{
    [Fact]
    public async Task A_gateway_of_its_own_asks_the_registry_over_HTTP_and_serves_what_it_has_when_that_is_gone()
    {
        var product = await PlaneWith.StartAsync();
        await using var gateway = new Gateway(product);
        await gateway.InitializeAsync();
        using var world = new ModelWorld(product);
        var version = await world.RegisterAsync("m ö", ("model.onnx", TestModels.Read("linear.onnx")));
        var store = gateway.Services.GetRequiredService<IModelStore>();
        var facts = gateway.Services.GetRequiredService<IModelFacts>();
        using var model = await store.GetAsync(world.Workspace, "m ö", version, null, TestContext.Current.CancellationToken);
        Assert.StartsWith(gateway.DataFolder, model.OnnxFile, StringComparison.Ordinal);
        Assert.Equal(version, (await facts.FindByAliasAsync(world.Workspace, "m ö", "latest", CancellationToken.None))!.Version);
        Assert.Null(await facts.FindByAliasAsync(world.Workspace, "m ö", "champion/x", CancellationToken.None));
        Assert.Equal(404, (await Assert.ThrowsAsync<PlaneException>(() => store.GetAsync(world.Workspace, "m ö", 9, null, CancellationToken.None))).Error.Status);

        await product.DisposeAsync();
        using var kept = await store.GetAsync(world.Workspace, "m ö", version, null, TestContext.Current.CancellationToken);
        Assert.Equal(model.Digest, kept.Digest);
        Assert.Equal(503, (await Assert.ThrowsAsync<PlaneException>(() => store.GetAsync(world.Workspace, "m ö", 9, null, CancellationToken.None))).Error.Status);
    }

    private sealed class Gateway(PlaneFixture product) : PlaneFixture
    {
        private readonly Dictionary<string, string?> settings = new(StringComparer.Ordinal)
        {
            ["Services:Registry"] = product.Address.ToString(),
            ["Services:Access"] = product.Address.ToString(),
            ["Artifacts:Folder"] = Path.Combine(product.DataFolder, "artifacts"),
        };

        protected override IPlaneModule[] Modules => [new InferenceModule()];

        protected override bool OnPostgres => false;

        protected override IEnumerable<KeyValuePair<string, string?>> Settings => settings;
    }
}
