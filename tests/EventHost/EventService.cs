using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Messaging.RabbitMq;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.EventHost;

/// <summary>One small service with an outbox, and an inbox where it consumes.</summary>
public sealed class EventService : IAsyncDisposable
{
    private readonly IHost host;
    private readonly string service;

    private EventService(IHost host, string service) => (this.host, this.service) = (host, service);

    public IServiceProvider Services => host.Services;

    public HandlerControl Control => Services.GetRequiredService<HandlerControl>();

    public OutboxSignal Signal => Services.GetRequiredKeyedService<OutboxSignal>(service);

    /// <param name="service">Names its database and, where it consumes, its queue.</param>
    /// <param name="settings">Sections <c>Storage</c> and <c>Messaging</c>.</param>
    public static EventService Build(string service, IEnumerable<KeyValuePair<string, string?>> settings, bool consumes, bool inProcess)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        if (Environment.GetEnvironmentVariable("PLANE_TEST_LOG") is { Length: > 0 })
            builder.Logging.AddSimpleConsole(console => console.SingleLine = true).AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddHealthChecks();
        builder.Services.AddMetrics().AddSingleton(TimeProvider.System).AddSingleton<HandlerControl>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(20));
        builder.Services.AddPlaneDb<MessagesDb, SqliteMessagesDb, PostgresMessagesDb>(service);
        builder.Services.AddOutbox<MessagesDb>(service, inProcess);
        if (consumes)
            builder.Services.AddConsumer<MessagesDb>(service, handlers => handlers.On<WorkspaceCreated, RecordingHandler>());
        return new EventService(builder.Build(), service);
    }

    /// <summary>Makes the tables and, where a broker is configured, the queues.</summary>
    public async Task MigrateAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MessagesDb>().Database.EnsureCreatedAsync();
        if (Services.GetService<ITopologyDeclarer>() is { } topology)
            await topology.DeclareAsync(CancellationToken.None);
    }

    public Task StartAsync() => host.StartAsync();

    public Task StopAsync() => host.StopAsync();

    /// <summary>A write that publishes one event about a workspace, and tells the carrier.</summary>
    public async Task PublishAsync(string workspace, string what)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagesDb>();
        await db.WriteAsync(ct => db.PublishAsync(new WorkspaceCreated(workspace, what, DateTimeOffset.UnixEpoch), TimeProvider.System, ct), CancellationToken.None);
        Signal.Wake();
    }

    /// <summary>What the handlers did and committed, in order.</summary>
    public async Task<IReadOnlyList<Effect>> EffectsAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<Effect>().AsNoTracking().OrderBy(effect => effect.Id).ToListAsync();
    }

    /// <summary>How many they are.</summary>
    public async Task<int> CountAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<Effect>().CountAsync();
    }

    public Task<OutboxDepth> DepthAsync() => Services.GetRequiredService<IOutboxAdministration>().DepthAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        if (host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            host.Dispose();
    }
}
