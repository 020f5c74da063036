using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Primitives;
using Npgsql;

namespace MlopsPlane.Storage.Databases;

/// <summary>One PostgreSQL database, reached through one pool with automatic preparation of repeated statements.</summary>
public sealed class PostgresDatabase : PlaneDatabase
{
    private readonly NpgsqlDataSource adHoc;

    public PostgresDatabase(string service, string connectionString) : base(service)
    {
        // The builder knows every keyword, named or not, so that a default is told by its value.
        var (settings, defaults) = (new NpgsqlConnectionStringBuilder(connectionString), new NpgsqlConnectionStringBuilder());
        if (settings.MaxAutoPrepare == defaults.MaxAutoPrepare)
            settings.MaxAutoPrepare = 100;
        if (settings.MaxPoolSize == defaults.MaxPoolSize)
            settings.MaxPoolSize = 20;
        // The planner's default cost of a page belongs to spinning disks and makes it read whole tables where an index serves.
        // Compiling a statement, or sharing it among workers, costs more than the short statements of a busy service.
        settings.Options ??= "-c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0";
        // Nothing here changes the state of a session, and a reset costs more than the statement after it.
        settings.NoResetOnClose = true;
        settings.ApplicationName ??= $"mlopsplane-{service}";
        Source = NpgsqlDataSource.Create(settings.ConnectionString);
        settings.MaxAutoPrepare = 0;
        settings.MaxPoolSize = Math.Max(1, settings.MaxPoolSize / 2);
        adHoc = NpgsqlDataSource.Create(settings.ConnectionString);
    }

    /// <summary>The pool; for statements that only Npgsql can express (arrays, COPY, batches).</summary>
    public NpgsqlDataSource Source { get; }

    public override DatabaseProvider Provider => DatabaseProvider.Postgres;

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken ct) => await Source.OpenConnectionAsync(ct);

    public override async ValueTask<DbConnection> OpenAdHocAsync(CancellationToken ct) => await adHoc.OpenConnectionAsync(ct);

    public override ValueTask<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken ct) =>
        connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);

    public override ValueTask<WriterTurn> EnterWriterAsync(CancellationToken ct) => default;

    public override void Configure(DbContextOptionsBuilder options) => options.UseNpgsql(Source);

    public override bool IsDuplicateKey(Exception exception) =>
        Find<PostgresException>(exception) is { SqlState: PostgresErrorCodes.UniqueViolation };

    public override bool IsTransient(Exception exception) =>
        Find<PostgresException>(exception) is { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    public override PlaneError? AsUnavailable(Exception exception)
    {
        // 57P0x: shutting down or starting; 53: out of connections, memory or disk; 08: connection lost.
        if (Find<PostgresException>(exception) is { } answer)
            return answer.SqlState.StartsWith("57P0", StringComparison.Ordinal)
                || answer.SqlState.StartsWith("53", StringComparison.Ordinal)
                || answer.SqlState.StartsWith("08", StringComparison.Ordinal)
                || answer.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
                    ? Unavailable()
                    : null;
        return Find<NpgsqlException>(exception) is not null || Find<SocketException>(exception) is not null
            || Find<EndOfStreamException>(exception) is not null
                ? Unavailable()
                : null;
    }

    public override async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await adHoc.DisposeAsync();
        await base.DisposeAsync();
    }

    private static PlaneError Unavailable() =>
        PlaneError.Unavailable("database_unavailable", "The database does not answer; the request can be repeated.");

    private static T? Find<T>(Exception? exception) where T : Exception =>
        exception as T ?? (exception is null ? null : Find<T>(exception.InnerException));
}
