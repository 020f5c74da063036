using MlopsPlane.ExperimentTracker.Runs.Logging;
using Npgsql;
using NpgsqlTypes;

namespace MlopsPlane.Bench.Tracker;

/// <summary>The product's own writes, sent by Npgsql without HTTP or JSON.</summary>
internal sealed class RawLog : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly TimeSpan duration;
    private readonly List<(int Workspace, string Run)> runs;

    private RawLog(NpgsqlDataSource source, TimeSpan duration, List<(int, string)> runs) => (this.source, this.duration, this.runs) = (source, duration, runs);

    /// <param name="databases">Connection string with <c>{service}</c> in it.</param>
    /// <param name="runIds">A run for each client.</param>
    public static async Task<RawLog> StartAsync(string databases, TimeSpan duration, IEnumerable<string> runIds)
    {
        var pool = RawLoad.Pool(databases, "tracker", prepare: true);
        await using var command = pool.CreateCommand("SELECT workspace_id, run_id FROM runs WHERE run_id = ANY($1)");
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. runIds] });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<(int, string)>();
        while (await reader.ReadAsync())
            found.Add((reader.GetInt32(0), reader.GetString(1)));
        return new RawLog(pool, duration, found);
    }

    public Task<double> LogMetricAsync() => RawLoad.DriveAsync(duration, async (client, n) =>
    {
        var (workspace, run) = runs[client];
        await using var command = source.CreateCommand(PostgresLogStatement.OneMetric);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = workspace });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = run });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "loss" });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = n });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = n });
        command.Parameters.Add(new NpgsqlParameter<double> { TypedValue = n + 0.5 });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = false });
        await command.ExecuteNonQueryAsync();
    });

    public Task<double> LogBatchAsync(int size, bool oneRun) => RawLoad.DriveAsync(duration, (client, n) =>
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
        var keys = points.GroupBy(point => point.Key, StringComparer.Ordinal).ToList();
        AddPoints(command, [.. keys.Select(key => key.Last())]);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. keys.Select(key => key.First().Timestamp)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. keys.Select(key => key.First().Step)] });
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
}
