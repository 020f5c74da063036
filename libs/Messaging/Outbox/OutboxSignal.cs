using MlopsPlane.Primitives;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>Tells the dispatcher of one service that a commit left something in its outbox, and tells writers how far it has come.</summary>
public sealed class OutboxSignal : WakeSignal
{
    private readonly Lock guard = new();
    private TaskCompletionSource roundDone = New();

    /// <summary>
    /// Waits until a dispatch round that began after this call has ended, or the bound has passed. For reads that
    /// should see their own write's effect in another service; nothing may depend on it.
    /// </summary>
    public async Task SettledAsync(TimeSpan bound, CancellationToken ct)
    {
        Task done;
        lock (guard)
            done = roundDone.Task;
        Wake();
        try
        {
            await done.WaitAsync(bound, ct);
        }
        catch (TimeoutException)
        {
            // The events are committed and will arrive; the caller only loses the comfort of seeing them now.
        }
    }

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
