using MlopsPlane.Primitives;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>Tells the carrier of one service that a commit left something in its outbox, and tells writers how far it has come.</summary>
public sealed class OutboxSignal : WakeSignal
{
    private readonly Lock guard = new();
    private TaskCompletionSource roundDone = New();
    private volatile bool stalled;

    /// <summary>
    /// Waits until a round of the carrier that began after this call has ended, or the bound has passed; not at all
    /// while the carrier cannot carry. For reads that should see their own write's effect in another service; nothing
    /// may depend on it.
    /// </summary>
    public async Task SettledAsync(TimeSpan bound, CancellationToken ct)
    {
        Task done;
        lock (guard)
            done = roundDone.Task;
        Wake();
        if (stalled)
            return;
        try
        {
            await done.WaitAsync(bound, ct);
        }
        catch (TimeoutException)
        {
            // The events are committed and will arrive; the caller only loses the comfort of seeing them now.
        }
    }

    /// <summary>Says whether the carrier cannot carry at the moment, so that nobody waits for it.</summary>
    internal void Stall(bool value) => stalled = value;

    /// <summary>Starts a round: whoever waits from now on waits for the next one.</summary>
    internal TaskCompletionSource BeginRound()
    {
        lock (guard)
        {
            var mine = roundDone;
            roundDone = New();
            return mine;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
