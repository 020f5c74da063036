using System.ComponentModel.DataAnnotations;

namespace MlopsPlane.Storage.Databases;

/// <summary>Section <c>Storage</c>: where the services keep their rows.</summary>
public sealed class DatabaseOptions
{
    /// <summary><c>Sqlite</c> (one file a service in the data folder) or <c>Postgres</c> (one database a service).</summary>
    public DatabaseProvider Provider { get; set; } = DatabaseProvider.Sqlite;

    /// <summary>Folder of the SQLite files and of the local artifact store; one process at a time uses it.</summary>
    [Required]
    public string DataFolder { get; set; } = ".data";

    /// <summary>
    /// PostgreSQL connection string; <c>{service}</c> in it is replaced by the service's name (tracker, registry,
    /// access), which gives each its own database.
    /// </summary>
    public string? Postgres { get; set; }

    /// <summary>Bring the schema up to date at the start; on in the one-process product, off in hosts of a cluster.</summary>
    public bool MigrateAtStart { get; set; }
}
