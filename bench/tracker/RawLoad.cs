using System.Diagnostics;
using Npgsql;

namespace MlopsPlane.Bench.Tracker;

/// <summary>Raw Npgsql driven by as many tasks as there are clients: what the product is measured against.</summary>
internal static class RawLoad
{
    /// <summary>A pool with the settings of the product's own.</summary>
    /// <param name="prepare">Statements that repeat are prepared; those of searches are not, as in the product.</param>
    public static NpgsqlDataSource Pool(string databases, string service, bool prepare) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(databases.Replace("{service}", service, StringComparison.Ordinal))
        {
            MaxAutoPrepare = prepare ? 100 : 0,
            MaxPoolSize = 20,
            NoResetOnClose = true,
            Options = "-c random_page_cost=1.1 -c jit=off -c max_parallel_workers_per_gather=0",
        }.ConnectionString);

    /// <summary>What autovacuum does within a minute: statistics of the rows that the seed has just written.</summary>
    public static async Task AnalyzeAsync(string databases)
    {
        foreach (var service in new[] { "tracker", "registry" })
        {
            await using var pool = Pool(databases, service, prepare: false);
            await using var analyze = pool.CreateCommand("VACUUM ANALYZE");
            analyze.CommandTimeout = 600;
            await analyze.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Operations per second.</summary>
    public static async Task<double> DriveAsync(TimeSpan duration, Func<int, long, Task> operation)
    {
        var begin = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, Report.Clients).Select(client => Task.Run(async () =>
        {
            long n = 0;
            while (Stopwatch.GetElapsedTime(begin) < duration)
                await operation(client, 1_000_000 + n++);
            return n;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
