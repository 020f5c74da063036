namespace MlopsPlane.InferenceGateway.Batching;

/// <summary>
/// Learns how long a run takes: a + b·rows, the least-squares line through the recent runs, older ones counting less.
/// The fit is that of BentoML's dispatcher. All times in ticks of <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
internal sealed class RunTime
{
    // A run of 50 runs ago counts about a third of the last one.
    private const double Decay = 0.98;
    private readonly Lock gate = new();
    private double weight;
    private double sumRows;
    private double sumTicks;
    private double sumSquares;
    private double sumProducts;
    private double intercept;
    private double slope;

    /// <summary>Ticks that a run of as many rows will take; 0 while nothing is known.</summary>
    public long Predict(int rows) => (long)(Volatile.Read(ref intercept) + (Volatile.Read(ref slope) * rows));

    public void Learn(int rows, long ticks)
    {
        lock (gate)
        {
            weight = (weight * Decay) + 1;
            sumRows = (sumRows * Decay) + rows;
            sumTicks = (sumTicks * Decay) + ticks;
            sumSquares = (sumSquares * Decay) + ((double)rows * rows);
            sumProducts = (sumProducts * Decay) + ((double)rows * ticks);
            var spread = (weight * sumSquares) - (sumRows * sumRows);
            // Runs of one size only say nothing of the slope.
            var b = spread > 1e-6 * weight * sumSquares ? Math.Max(0, ((weight * sumProducts) - (sumRows * sumTicks)) / spread) : 0;
            Volatile.Write(ref slope, b);
            Volatile.Write(ref intercept, Math.Max(0, (sumTicks - (b * sumRows)) / weight));
        }
    }
}
