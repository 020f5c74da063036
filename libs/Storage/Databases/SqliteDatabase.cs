using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using MlopsPlane.Primitives;

namespace MlopsPlane.Storage.Databases;

/// <summary>One SQLite file of the data folder: WAL, synchronous=FULL, one writer at a time in this process.</summary>
public sealed class SqliteDatabase : PlaneDatabase
{
    private const int ConstraintUnique = 2067;
    private const int ConstraintPrimaryKey = 1555;

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly string connectionString;

    public SqliteDatabase(string service, string path) : base(service)
    {
        SqliteEngine.EnsureConfigured();
        Path = path;
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            ForeignKeys = true,
            Pooling = true,
            DefaultTimeout = 30,
        }.ToString();
    }

    /// <summary>The database file.</summary>
    public string Path { get; }

    public override DatabaseProvider Provider => DatabaseProvider.Sqlite;

    public override async ValueTask<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(connectionString);
        await connection.OpenAsync(ct);
        SqliteEngine.Prepare(connection);
        return connection;
    }

    public override ValueTask<DbTransaction> BeginSnapshotAsync(DbConnection connection, CancellationToken ct) =>
        new(((SqliteConnection)connection).BeginTransaction(deferred: true));

    public override async ValueTask<WriterTurn> EnterWriterAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        return new WriterTurn(gate);
    }

    public override void Configure(DbContextOptionsBuilder options) =>
        options.UseSqlite(connectionString).AddInterceptors(PrepareOnOpen.Instance);

    public override bool IsDuplicateKey(Exception exception) =>
        Find(exception) is { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey };

    public override bool IsTransient(Exception exception) => false;

    public override PlaneError? AsUnavailable(Exception exception) => Find(exception)?.SqliteErrorCode switch
    {
        SQLitePCL.raw.SQLITE_FULL => PlaneError.Unavailable("storage_full", $"The disk under the {Service} database is full."),
        SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED =>
            PlaneError.Unavailable("database_busy", $"The {Service} database is busy."),
        SQLitePCL.raw.SQLITE_IOERR or SQLitePCL.raw.SQLITE_CANTOPEN =>
            PlaneError.Unavailable("database_unavailable", $"The {Service} database file cannot be used."),
        _ => null,
    };

    public override async Task ClearAbandonedMigrationLockAsync(CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "DROP TABLE IF EXISTS \"__EFMigrationsLock\"";
        await command.ExecuteNonQueryAsync(ct);
    }

    public override ValueTask DisposeAsync()
    {
        using (var connection = new SqliteConnection(connectionString))
            SqliteConnection.ClearPool(connection);
        gate.Dispose();
        return base.DisposeAsync();
    }

    private static SqliteException? Find(Exception? exception) =>
        exception as SqliteException ?? (exception is null ? null : Find(exception.InnerException));

    private sealed class PrepareOnOpen : DbConnectionInterceptor
    {
        public static readonly PrepareOnOpen Instance = new();

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) =>
            SqliteEngine.Prepare((SqliteConnection)connection);

        public override Task ConnectionOpenedAsync(
            DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            SqliteEngine.Prepare((SqliteConnection)connection);
            return Task.CompletedTask;
        }
    }
}
