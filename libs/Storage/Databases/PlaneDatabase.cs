using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Databases;

/// <summary>The database of one service: how to reach it, and what its provider does differently.</summary>
public abstract class PlaneDatabase(string service) : IAsyncDisposable
{
    /// <summary>The service that owns it, e.g. <c>tracker</c>.</summary>
    public string Service { get; } = service;

    public abstract DatabaseProvider Provider { get; }

    /// <summary>An open connection from the pool, set up for this product (durability, collation of LIKE).</summary>
    public abstract ValueTask<DbConnection> OpenAsync(CancellationToken ct);

    /// <summary>
    /// An open connection for a statement that is built from a client's filter. It is planned with its values each
    /// time: the general plan of a prepared statement does not know how selective they are.
    /// </summary>
    public virtual ValueTask<DbConnection> OpenAdHocAsync(CancellationToken ct) => OpenAsync(ct);

    /// <summary>A transaction for reading, all of whose statements see the same state.</summary>
    public abstract ValueTask<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken ct);

    /// <summary>
    /// Waits for the right to write. SQLite has one writer at a time, and waiting in order here is far shorter than
    /// its busy polling; PostgreSQL needs no gate and answers at once.
    /// </summary>
    public abstract ValueTask<WriterTurn> EnterWriterAsync(CancellationToken ct);

    public abstract void Configure(DbContextOptionsBuilder options);

    /// <summary>A unique key or primary key was violated.</summary>
    public abstract bool IsDuplicateKey(Exception exception);

    /// <summary>The transaction lost against another one (deadlock, serialization) and may be run again.</summary>
    public abstract bool IsTransient(Exception exception);

    /// <summary>The database cannot be reached or is shutting down; null when the exception says something else.</summary>
    public abstract PlaneError? AsUnavailable(Exception exception);

    /// <summary>Removes what a killed migration left behind; called only while nobody else can be migrating.</summary>
    public virtual Task ClearAbandonedMigrationLockAsync(CancellationToken ct) => Task.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

public enum DatabaseProvider
{
    Sqlite,
    Postgres,
}

/// <summary>The right to write, given back by disposing it.</summary>
public readonly struct WriterTurn(SemaphoreSlim? gate) : IDisposable
{
    public void Dispose() => gate?.Release();
}
