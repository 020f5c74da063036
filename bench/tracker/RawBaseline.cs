using System.Diagnostics;
using MlopsPlane.ExperimentTracker.Runs.Logging;
using Npgsql;
using NpgsqlTypes;

namespace MlopsPlane.Bench.Tracker;

/// <summary>The product's own statements, sent by Npgsql from as many tasks as there are clients, without HTTP or JSON.</summary>
internal sealed class RawBaseline : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly TimeSpan duration;
    private readonly List<(int Workspace, string Run)> runs;

    private RawBaseline(NpgsqlDataSource source, TimeSpan duration, List<(int, string)> runs) => (this.source, this.duration, this.runs) = (source, duration, runs);

    /// <param name="databases">Connection string with <c>{service}</c> in it.</param>
    /// <param name="runIds">A run for each client.</param>
    public static async Task<RawBaseline> StartAsync(string databases, TimeSpan duration, IEnumerable<string> runIds)
    {
        var settings = new NpgsqlConnectionStringBuilder(databases.Replace("{service}", "tracker", StringComparison.Ordinal)) { MaxAutoPrepare = 100, MaxPoolSize = 20 };
        var pool = NpgsqlDataSource.Create(settings.ConnectionString);
        await using var command = pool.CreateCommand("SELECT workspace_id, run_id FROM runs WHERE run_id = ANY($1)");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. runIds] });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(int, string)>();
        while (await reader.ReadAsync())
            found.Add((reader.GetInt32(0), reader.GetString(1)));
        return new RawBaseline(pool, duration, found);
    }

    /// <summary>What autovacuum does within a minute: statistics of the rows that the seed has just written.</summary>
    public static async Task AnalyzeAsync(string databases)
    {
        foreach (var service in new[] { "tracker", "registry" })
        {
            await using var pool = NpgsqlDataSource.Create(databases.Replace("{service}", service, StringComparison.Ordinal));
            await using var analyze = pool.CreateCommand("ANALYZE");
            await analyze.ExecuteNonQueryAsync();
        }
    }

    public Task<double> LogMetricAsync() => DriveAsync((client, n) => LogAsync(client, [new("loss", n, n, n + 0.5, IsNan: false)]));

    public Task<double> LogBatchAsync(int size, bool oneRun) => DriveAsync((client, n) =>
    {
        var first = oneRun ? (n * Report.Clients) + client : n;
        var points = new MetricEntry[size];
        for (var i = 0; i < size; i++)
            points[i] = new($"c{i % 20}", first, (first * size) + i, i + 0.25, IsNan: false);
        Array.Sort(points, MetricEntry.Compare);
        return LogAsync(oneRun ? 0 : client, points);
    });

    public ValueTask DisposeAsync() => source.DisposeAsync();

    private async Task LogAsync(int client, MetricEntry[] points)
    {
        var (workspace, run) = runs[client];
        await using var command = source.CreateCommand(PostgresLogStatement.Of(LogParts.Metrics));
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = workspace });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = run });
        AddPoints(command, points);
        AddPoints(command, [.. points.GroupBy(point => point.Key, StringComparer.Ordinal).Select(group => group.Last())]);
        await command.ExecuteNonQueryAsync();
    }

    private static void AddPoints(NpgsqlCommand command, MetricEntry[] points)
    {
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Array.ConvertAll(points, point => point.Key) });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(points, point => point.Timestamp) });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = Array.ConvertAll(points, point => point.Step) });
        command.Parameters.Add(new NpgsqlParameter<double[]> { TypedValue = Array.ConvertAll(points, point => point.Value) });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = Array.ConvertAll(points, point => point.IsNan), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Boolean });
    }

    private async Task<double> DriveAsync(Func<int, long, Task> operation)
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
