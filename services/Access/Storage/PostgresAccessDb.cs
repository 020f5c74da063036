using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Access.Storage;

public sealed class PostgresAccessDb(DbContextOptions options, PlaneDatabase provider) : AccessDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<PostgresAccessDb>
    {
        public PostgresAccessDb CreateDbContext(string[] args)
        {
            var database = new PostgresDatabase(AccessModule.ServiceName, "Host=127.0.0.1;Database=design_time");
            var options = new DbContextOptionsBuilder<PostgresAccessDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
