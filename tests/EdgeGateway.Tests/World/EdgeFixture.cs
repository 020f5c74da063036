namespace MlopsPlane.EdgeGateway.Tests.World;

/// <summary>One world for tests that do not disturb each other.</summary>
public sealed class EdgeFixture : IAsyncLifetime
{
    public EdgeWorld World { get; private set; } = null!;

    public async ValueTask InitializeAsync() => World = await EdgeWorld.StartAsync();

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
