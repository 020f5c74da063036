using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Access.Storage;

public sealed class SqliteAccessDb(DbContextOptions options, PlaneDatabase provider) : AccessDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteAccessDb>
    {
        public SqliteAccessDb CreateDbContext(string[] args)
        {
            var database = new SqliteDatabase(AccessModule.ServiceName, "design-time.db");
            var options = new DbContextOptionsBuilder<SqliteAccessDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
