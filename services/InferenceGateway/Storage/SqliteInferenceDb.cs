using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Storage;

public sealed class SqliteInferenceDb(DbContextOptions options, PlaneDatabase provider) : InferenceDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<SqliteInferenceDb>
    {
        public SqliteInferenceDb CreateDbContext(string[] args)
        {
            var database = new SqliteDatabase(InferenceModule.ServiceName, "design-time.db");
            var options = new DbContextOptionsBuilder<SqliteInferenceDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
