namespace MlopsPlane.ModelRegistry.Content;

/// <summary>Tells the inspector that a version waits; it looks by itself every few seconds too.</summary>
internal sealed class InspectionSignal : IDisposable
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
