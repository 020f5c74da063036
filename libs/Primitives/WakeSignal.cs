namespace MlopsPlane.Primitives;

/// <summary>
/// Wakes a background loop before its next round. Calls before the loop waits count as one; the loop looks by itself too,
/// so a lost wake costs time and nothing else. A subclass names what it wakes.
/// </summary>
public abstract class WakeSignal : IDisposable
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

    /// <summary>Returns after a wake, or after the bound with false.</summary>
    public Task<bool> WaitAsync(TimeSpan atMost, CancellationToken ct) => wake.WaitAsync(atMost, ct);

    public void Dispose()
    {
        wake.Dispose();
        GC.SuppressFinalize(this);
    }
}
