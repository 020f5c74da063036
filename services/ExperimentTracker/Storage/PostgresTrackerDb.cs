using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Storage;

public sealed class PostgresTrackerDb(DbContextOptions options, PlaneDatabase provider) : TrackerDb(options, provider)
{
    internal override Task LockRunAsync(long runKey, CancellationToken ct) =>
        Database.ExecuteSqlAsync($"SELECT 1 FROM runs WHERE run_key = {runKey} FOR UPDATE", ct);

    internal override Task LockNewIdAsync(string id, CancellationToken ct) =>
        Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended({id}, 0))", ct);

    internal override async Task<bool> LockHistoryAsync(long runKey, string key, CancellationToken ct) =>
        (await Database.SqlQuery<int>($"SELECT 1 FROM latest_metrics WHERE run_key = {runKey} AND key = {key} FOR UPDATE").ToListAsync(ct)).Count > 0;

    /// <summary>Lets the migration tool build the context without a host.</summary>
    internal sealed class DesignTime : IDesignTimeDbContextFactory<PostgresTrackerDb>
    {
        public PostgresTrackerDb CreateDbContext(string[] args)
        {
            var database = new PostgresDatabase(TrackerModule.ServiceName, "Host=127.0.0.1;Database=design_time");
            var options = new DbContextOptionsBuilder<PostgresTrackerDb>();
            database.Configure(options);
            return new(options.Options, database);
        }
    }
}
