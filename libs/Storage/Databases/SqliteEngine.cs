using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MlopsPlane.Storage.Databases;

/// <summary>SQLite as this process uses it: how the library locks, and what every connection is told once.</summary>
internal static class SqliteEngine
{
    // FULL makes a commit durable before it is acknowledged; LIKE is made case-sensitive as on PostgreSQL.
    private const string Setup = """
        PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; PRAGMA foreign_keys=ON;
        PRAGMA case_sensitive_like=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000;
        """;

    // A pooled connection keeps its handle, and the handle its settings.
    private static readonly ConditionalWeakTable<sqlite3, object> Prepared = [];
    private static readonly Lazy<int> Configured = new(Configure);

    /// <summary>Before the first connection: without counters of memory, whose one mutex every allocation of every thread takes.</summary>
    public static void EnsureConfigured() => _ = Configured.Value;

    /// <summary>Gives a connection its settings, unless its handle has them.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        if (connection.Handle is not { } handle || Prepared.TryGetValue(handle, out _))
            return;
        using var command = connection.CreateCommand();
        command.CommandText = Setup;
        command.ExecuteNonQuery();
        Prepared.AddOrUpdate(handle, handle);
    }

    private static int Configure()
    {
        Batteries_V2.Init();
        // Refused where something has used the library before; it is only slower then.
        return raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }
}
