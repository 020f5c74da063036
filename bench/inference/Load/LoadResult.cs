namespace MlopsPlane.Bench.Inference.Load;

/// <param name="P50">Median latency, microseconds.</param>
/// <param name="P99">99th percentile, microseconds.</param>
internal sealed record LoadResult(long Requests, double PerSecond, double P50, double P99)
{
    public static LoadResult Of(List<float> latencies, TimeSpan elapsed)
    {
        if (latencies.Count == 0)
            throw new InvalidOperationException("Nothing was answered.");
        latencies.Sort();
        return new LoadResult(latencies.Count, latencies.Count / elapsed.TotalSeconds, latencies[latencies.Count / 2], latencies[(int)(latencies.Count * 0.99)]);
    }
}
