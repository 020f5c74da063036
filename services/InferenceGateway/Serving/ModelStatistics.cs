namespace MlopsPlane.InferenceGateway.Serving;

/// <summary>Counts of one version on this replica, as the protocol's statistics extension tells them. Times in nanoseconds.</summary>
internal sealed class ModelStatistics
{
    private long inferences;
    private long last;

    public Total Success { get; } = new();

    public Total Failure { get; } = new();

    public Total Queue { get; } = new();

    public Total ComputeInput { get; } = new();

    public Total ComputeInfer { get; } = new();

    public Total ComputeOutput { get; } = new();

    public Total CacheHit { get; } = new();

    public Total CacheMiss { get; } = new();

    /// <summary>Rows that were answered.</summary>
    public long Inferences => Volatile.Read(ref inferences);

    /// <summary>Milliseconds since 1970 UTC; 0 before the first.</summary>
    public long LastInference => Volatile.Read(ref last);

    public void Count(int rows, long now)
    {
        Interlocked.Add(ref inferences, rows);
        Volatile.Write(ref last, now);
    }

    internal sealed class Total
    {
        private long count;
        private long nanoseconds;

        public long Count => Volatile.Read(ref count);

        public long Nanoseconds => Volatile.Read(ref nanoseconds);

        /// <param name="ticks">Of <see cref="System.Diagnostics.Stopwatch"/>.</param>
        public void Add(long ticks)
        {
            Interlocked.Increment(ref count);
            Interlocked.Add(ref nanoseconds, ticks * (1_000_000_000L / System.Diagnostics.Stopwatch.Frequency));
        }
    }
}
