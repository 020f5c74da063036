namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary>Tells the collector that there is something to do before its next round.</summary>
internal sealed class RetentionSignal : IDisposable
{
    private readonly SemaphoreSlim wake = new(0, 1);
    private readonly Lock guard = new();

    public void Wake()
    {
        lock (guard)
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
    }

    public Task WaitAsync(TimeSpan atMost, CancellationToken ct) => wake.WaitAsync(atMost, ct);

    public void Dispose() => wake.Dispose();
}
