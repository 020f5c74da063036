using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.ExperimentTracker.Runs.Reading;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.ExperimentTracker.Metrics.Sampling;

/// <summary>Lets the database thin out histories, so that only the buckets travel.</summary>
internal sealed class BucketReader([FromKeyedServices(TrackerModule.ServiceName)] PlaneDatabase database)
{
    /// <summary>Buckets of the metrics, each metric's by step.</summary>
    public async Task<List<(string Metric, GetHistories.Bucket Bucket)>> ReadAsync(
        long runKey, IReadOnlyList<string> metrics, int buckets, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        var names = string.Join(", ", metrics.Select((metric, i) => SqlParameters.Add(command, $"key{i}", metric)));
        SqlParameters.Add(command, "run", runKey);
        SqlParameters.Add(command, "buckets", (double)buckets);
        // The first value by time begins the first bucket: with the key's order it is found without reading the
        // history. Steps that ran backwards before it join that bucket. The arithmetic is in doubles, which cannot overflow.
        command.CommandText = $"""
            WITH span AS (
                SELECT l.key, CAST(l.step AS double precision) AS last, CAST((SELECT f.step FROM metrics f
                    WHERE f.run_key = l.run_key AND f.key = l.key ORDER BY f.timestamp, f.step, f.value, f.is_nan LIMIT 1) AS double precision) AS first
                FROM latest_metrics l WHERE l.run_key = @run AND l.key IN ({names}))
            SELECT m.key, {Bucket} AS bucket, min(m.step), max(m.step), min(m.timestamp), max(m.timestamp), min(m.value), max(m.value), count(*)
            FROM span JOIN metrics m ON m.run_key = @run AND m.key = span.key
            WHERE NOT m.is_nan GROUP BY m.key, bucket ORDER BY m.key, bucket
            """;
        var found = new List<(string, GetHistories.Bucket)>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            found.Add((rows.GetString(0), new(
                rows.GetInt64(2), rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5), rows.GetDouble(6), rows.GetDouble(7), rows.GetInt64(8))));
        return found;
    }

    private string Bucket => database.Provider == DatabaseProvider.Postgres
        ? $"CAST(floor(greatest({Position}, 0)) AS bigint)"
        : $"CAST(max({Position}, 0) AS integer)";

    private const string Position = "(m.step - span.first) / (span.last - span.first + 1) * @buckets";
}
