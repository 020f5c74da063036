using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Storage.Artifacts;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Libs.Tests.Artifacts;

/// <summary>A store of each kind, as a host would open it.</summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private ServiceProvider? services;

    public IArtifactStore Store => services!.GetRequiredService<IArtifactStore>();

    public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("plane-store-");

    public async ValueTask InitializeAsync()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(await SettingsAsync()).Build();
        services = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddSingleton(TimeProvider.System)
            .AddLogging().AddArtifactStore().BuildServiceProvider();
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (services is not null)
            await services.DisposeAsync();
        Folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    protected abstract Task<IReadOnlyDictionary<string, string?>> SettingsAsync();
}

public sealed class LocalStore : StoreFixture
{
    protected override Task<IReadOnlyDictionary<string, string?>> SettingsAsync() =>
        Task.FromResult<IReadOnlyDictionary<string, string?>>(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Artifacts:Folder"] = Folder.FullName });
}

public sealed class S3Store : StoreFixture
{
    public S3Server Server { get; private set; } = null!;

    public override ValueTask DisposeAsync()
    {
        Server?.Dispose();
        return base.DisposeAsync();
    }

    protected override async Task<IReadOnlyDictionary<string, string?>> SettingsAsync()
    {
        Server = await Require.S3Async();
        return Server.Settings("some/prefix");
    }
}
