using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Storage;

public sealed class SqliteTrackerDb(DbContextOptions options, PlaneDatabase provider) : TrackerDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteTrackerDb>
    {
        public SqliteTrackerDb CreateDbContext(string[] args)
        {
            var database = new SqliteDatabase(TrackerModule.ServiceName, "design-time.db");
            var options = new DbContextOptionsBuilder<SqliteTrackerDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
