using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ModelRegistry.Storage;

public sealed class SqliteRegistryDb(DbContextOptions options, PlaneDatabase provider) : RegistryDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteRegistryDb>
    {
        public SqliteRegistryDb CreateDbContext(string[] args)
        {
            var database = new SqliteDatabase(RegistryModule.ServiceName, "design-time.db");
            var options = new DbContextOptionsBuilder<SqliteRegistryDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
