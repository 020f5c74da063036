namespace MlopsPlane.ExperimentTracker.Metrics.Chunks;

/// <summary>
/// A stretch of one history in compact form. The rows of <c>metrics</c> stay the truth; chunks repeat them so that a
/// chart of many points reads a few of these instead.
/// </summary>
public sealed class MetricChunk
{
    /// <summary>Points of a full chunk.</summary>
    public const int Capacity = 1024;

    public long RunKey { get; init; }

    public required string Key { get; init; }

    /// <summary>0, 1, 2, ... in the order of the history.</summary>
    public int Number { get; init; }

    /// <summary>Points in it.</summary>
    public int Count { get; init; }

    /// <summary>Timestamp of the first point, milliseconds since 1970 UTC.</summary>
    public long FirstTimestamp { get; init; }

    public long FirstStep { get; init; }

    /// <summary>Null when it is NaN.</summary>
    public double? FirstValue { get; init; }

    public long LastTimestamp { get; init; }

    public long LastStep { get; init; }

    public long MinStep { get; init; }

    public long MaxStep { get; init; }

    /// <summary>Least value that is a number; null when all are NaN.</summary>
    public double? MinValue { get; init; }

    /// <inheritdoc cref="MinValue"/>
    public double? MaxValue { get; init; }

    /// <summary>Values that are NaN.</summary>
    public int NanCount { get; init; }

    /// <summary>The points, as <see cref="ChunkCodec"/> writes them.</summary>
    public required byte[] Data { get; init; }

    internal static MetricChunk Of(long runKey, string key, int number, ReadOnlySpan<HistoryPoint> points)
    {
        var (minStep, maxStep, nans) = (long.MaxValue, long.MinValue, 0);
        double? min = null, max = null;
        foreach (var point in points)
        {
            minStep = Math.Min(minStep, point.Step);
            maxStep = Math.Max(maxStep, point.Step);
            if (double.IsNaN(point.Value))
            {
                nans++;
                continue;
            }

            min = min is { } least ? Math.Min(least, point.Value) : point.Value;
            max = max is { } most ? Math.Max(most, point.Value) : point.Value;
        }

        return new MetricChunk
        {
            RunKey = runKey,
            Key = key,
            Number = number,
            Count = points.Length,
            FirstTimestamp = points[0].Timestamp,
            FirstStep = points[0].Step,
            FirstValue = double.IsNaN(points[0].Value) ? null : points[0].Value,
            LastTimestamp = points[^1].Timestamp,
            LastStep = points[^1].Step,
            MinStep = minStep,
            MaxStep = maxStep,
            MinValue = min,
            MaxValue = max,
            NanCount = nans,
            Data = ChunkCodec.Encode(points),
        };
    }
}
