using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Storage;

public sealed class PostgresRegistryDb(DbContextOptions options, PlaneDatabase provider) : RegistryDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<PostgresRegistryDb>
    {
        public PostgresRegistryDb CreateDbContext(string[] args)
        {
            var database = new PostgresDatabase(RegistryModule.ServiceName, "Host=127.0.0.1;Database=design_time");
            var options = new DbContextOptionsBuilder<PostgresRegistryDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
