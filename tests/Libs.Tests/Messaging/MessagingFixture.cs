using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Contracts.Access.V1;
using MlopsPlane.Messaging;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Messaging.Outbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;
using MlopsPlane.Testing.Servers;

namespace MlopsPlane.Libs.Tests.Messaging;

/// <summary>A producer and a consumer on one small database, without a web host.</summary>
public sealed class MessagingFixture : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("plane-messaging-");
    private ServiceProvider? services;

    /// <summary>Descriptions of the events that were handled, in order.</summary>
    public ConcurrentQueue<string> Handled { get; } = new();

    /// <summary>Descriptions whose handling fails.</summary>
    public ConcurrentDictionary<string, bool> Poison { get; } = new(StringComparer.Ordinal);

    public IServiceProvider Services => services!;

    internal IConsumer Consumer => services!.GetRequiredService<IConsumer>();

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

        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        collection.AddLogging().AddMetrics().AddSingleton(TimeProvider.System).AddSingleton(this);
        collection.AddPlaneDb<MessagesDb, SqliteMessagesDb, PostgresMessagesDb>("messages");
        collection.AddOutbox<MessagesDb>("messages", dispatchInProcess: true);
        collection.AddConsumer<MessagesDb>("messages", handlers => handlers.On<WorkspaceCreated, RecordingHandler>("workspace"));
        services = collection.BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<MessagesDb>().Database.EnsureCreatedAsync();
        Signal = services.GetRequiredKeyedService<OutboxSignal>("messages");
    }

    public OutboxSignal Signal { get; private set; } = null!;

    public async Task PublishAsync(string workspace, string what)
    {
        await using var scope = services!.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagesDb>();
        await db.WriteAsync(ct => db.PublishAsync(new WorkspaceCreated(workspace, what, DateTimeOffset.UnixEpoch), TimeProvider.System, ct), CancellationToken.None);
        Signal.Wake();
    }

    internal static Delivery Delivery(string workspace, long sequence, string what)
    {
        var fact = new WorkspaceCreated(workspace, what, DateTimeOffset.UnixEpoch);
        return new(Guid.CreateVersion7(), fact.Aggregate, sequence, EventCatalog.NameOf(fact), EventCatalog.Serialize(fact));
    }

    public async ValueTask DisposeAsync()
    {
        if (services is not null)
            await services.DisposeAsync();
        folder.Delete(recursive: true);
    }

    internal sealed class RecordingHandler(MessagingFixture fixture, MessagesDb db) : IEventHandler<WorkspaceCreated>
    {
        public async Task HandleAsync(WorkspaceCreated fact, CancellationToken ct)
        {
            Assert.NotNull(db.Database.CurrentTransaction);
            if (fixture.Poison.ContainsKey(fact.Description!))
                throw new InvalidOperationException($"cannot handle {fact.Description}");
            db.Add(new Effect { What = fact.Description! });
            await Task.CompletedTask.WaitAsync(ct);
            fixture.Handled.Enqueue(fact.Description!);
        }
    }

    public sealed class Effect
    {
        public long Id { get; private set; }

        public required string What { get; init; }
    }

    public abstract class MessagesDb(DbContextOptions options, PlaneDatabase provider) : PlaneDb(options, provider)
    {
        protected override void BuildModel(ModelBuilder model)
        {
            model.AddMessaging();
            model.Entity<Effect>().ToTable("effects").HasKey(effect => effect.Id);
        }
    }

    public sealed class SqliteMessagesDb(DbContextOptions options, PlaneDatabase provider) : MessagesDb(options, provider);

    public sealed class PostgresMessagesDb(DbContextOptions options, PlaneDatabase provider) : MessagesDb(options, provider);
}
