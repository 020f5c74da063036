using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Hosting.Startup;

/// <summary>Brings every schema up to date before any loop or request starts, where the configuration asks for it.</summary>
internal sealed class MigrateAtStart(IEnumerable<IMigrator> migrators, IOptions<DatabaseOptions> options) : IHostedLifecycleService
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.MigrateAtStart)
            return;
        foreach (var migrator in migrators)
            await migrator.MigrateAsync(cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
