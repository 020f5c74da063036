using Microsoft.Data.Sqlite;

namespace MlopsPlane.Storage.Databases;

/// <summary>
/// One instant of several SQLite files, which another process may be writing. Events count per aggregate across the
/// services' files, so files of different instants would not fit together.
/// </summary>
public sealed class SqliteSnapshot : IDisposable
{
    private readonly List<SqliteConnection> readers;

    private SqliteSnapshot(List<SqliteConnection> readers) => this.readers = readers;

    /// <summary>Stops all writers for the moment in which a reader of each file begins, and lets them go on.</summary>
    public static SqliteSnapshot Take(IReadOnlyList<string> files)
    {
        var begun = new List<SqliteConnection>();
        var holds = new List<SqliteConnection>();
        try
        {
            foreach (var file in files)
            {
                holds.Add(Open(file));
                holds[^1].BeginTransaction(deferred: false);
            }

            foreach (var file in files)
            {
                begun.Add(Open(file));
                // A deferred transaction gets its instant from its first read.
                var transaction = begun[^1].BeginTransaction(deferred: true);
                using var read = begun[^1].CreateCommand();
                read.Transaction = transaction;
                read.CommandText = "SELECT count(*) FROM sqlite_master";
                read.ExecuteScalar();
            }

            return new SqliteSnapshot(begun);
        }
        catch
        {
            begun.ForEach(reader => reader.Dispose());
            throw;
        }
        finally
        {
            holds.ForEach(hold => hold.Dispose());
        }
    }

    /// <summary>Copies the file at <paramref name="index"/>, as it was at that instant.</summary>
    public void CopyTo(int index, string target)
    {
        using var copy = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = target, Pooling = false }.ToString());
        copy.Open();
        readers[index].BackupDatabase(copy);
        // A copy in WAL mode would be two files.
        using var leaveWal = copy.CreateCommand();
        leaveWal.CommandText = "PRAGMA journal_mode=DELETE";
        leaveWal.ExecuteNonQuery();
    }

    /// <summary>What is wrong with a database file; null when it is whole.</summary>
    public static string? Check(string file)
    {
        try
        {
            using var connection = Open(file);
            using var check = connection.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            return check.ExecuteScalar() is "ok" ? null : "its pages are damaged";
        }
        catch (SqliteException broken)
        {
            return broken.Message;
        }
    }

    public void Dispose() => readers.ForEach(reader => reader.Dispose());

    private static SqliteConnection Open(string file)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file,
            Mode = SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 60,
        }.ToString());
        connection.Open();
        return connection;
    }
}
