using Microsoft.EntityFrameworkCore;
using MlopsPlane.Messaging;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.EventHost;

/// <summary>What a handler did, one row each time.</summary>
public sealed class Effect
{
    public long Id { get; private set; }

    public required string Workspace { get; init; }

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
