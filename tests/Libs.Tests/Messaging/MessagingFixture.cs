using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.EventHost;
using MlopsPlane.Messaging;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Libs.Tests.Messaging;

/// <summary>A producer and a consumer on one small database in one process.</summary>
public sealed class MessagingFixture : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-messaging-");
    private EventService? service;

    public EventService Service => service!;

    public IServiceProvider Services => Service.Services;

    public HandlerControl Control => Service.Control;

    internal IConsumer Consumer => Services.GetRequiredService<IConsumer>();

    public async Task StartAsync(DatabaseProvider provider)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Storage:Provider"] = provider.ToString(),
            ["Storage:DataFolder"] = folder.FullName,
        };
        if (provider == DatabaseProvider.Postgres)
        {
            var server = await Require.PostgresAsync();
            settings["Storage:Postgres"] = await server.CreateDatabasesAsync($"m{Guid.CreateVersion7():N}", "messages");
        }

        service = EventService.Build("messages", settings, consumes: true, inProcess: true);
        await service.MigrateAsync();
    }

    /// <summary>Changes rows behind the product's back, as time would.</summary>
    public async Task SetAsync<T>(Action<UpdateSettersBuilder<T>> change, Expression<Func<T, bool>> which) where T : class
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MessagesDb>().Set<T>().Where(which).ExecuteUpdateAsync(change);
    }

    internal static Delivery Delivery(string workspace, long sequence, string what, long? previousAt = null)
    {
        var fact = new WorkspaceCreated(workspace, what, DateTimeOffset.UnixEpoch);
        return new(Guid.CreateVersion7(), fact.Aggregate, sequence, EventCatalog.NameOf(fact), EventCatalog.Serialize(fact)) { PreviousAt = previousAt };
    }

    public async ValueTask DisposeAsync()
    {
        if (service is not null)
        {
            await service.StopAsync();
            await service.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }
}
