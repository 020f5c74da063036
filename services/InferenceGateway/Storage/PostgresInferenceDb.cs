using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.InferenceGateway.Storage;

public sealed class PostgresInferenceDb(DbContextOptions options, PlaneDatabase provider) : InferenceDb(options, provider)
{
    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<PostgresInferenceDb>
    {
        public PostgresInferenceDb CreateDbContext(string[] args)
        {
            var database = new PostgresDatabase(InferenceModule.ServiceName, "Host=127.0.0.1;Database=design_time");
            var options = new DbContextOptionsBuilder<PostgresInferenceDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
