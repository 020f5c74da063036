using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>Delayed redelivery: what failed lies in the consumer's own database and is repeated from there.</summary>
internal sealed partial class Consumer<TDb> where TDb : PlaneDb
{
    /// <summary>Attempts after which a delivery is dead until an operator replays or skips it: about an hour.</summary>
    internal const int MaxAttempts = 20;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    /// <summary>The pause after a number of failed attempts: 1 s, 2 s, 4 s, ... up to five minutes.</summary>
    internal static TimeSpan PauseAfter(int attempts) => TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, Math.Pow(2, Math.Min(attempts, 20) - 1)));

    /// <summary>Keeps a delivery whose handler fails, and lets the carrier go.</summary>
    private async Task<IReadOnlyList<Refusal>> DeferAsync(Delivery delivery, Exception cause, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<TDb>();
            await db.WriteAsync(async token =>
            {
                var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
                var last = (await InboxStatements.LockAsync(db, name, [delivery.Aggregate], now, token))[delivery.Aggregate];
                if (last == InboxCursor.Unstarted)
                    await InboxStatements.MoveAsync(db, name, new Dictionary<string, long>(StringComparer.Ordinal) { [delivery.Aggregate] = delivery.Sequence - 1 }, token);
                else if (last >= delivery.Sequence)
                    return;
                var row = await db.Set<ParkedDelivery>().SingleOrDefaultAsync(
                    parked => parked.Consumer == name && parked.Aggregate == delivery.Aggregate && parked.Sequence == delivery.Sequence, token);
                if (row is null)
                    db.Add(row = ParkedDelivery.Of(name, delivery, now));
                Fail(row, cause);
            }, ct);
            held.Wake();
            return [];
        }
        catch (Exception unstorable) when (!ct.IsCancellationRequested)
        {
            await EnsureAnswersAsync(unstorable, ct);
            return [new(delivery, $"{cause.Message} It cannot be kept either: {unstorable.GetBaseException().Message}")];
        }
    }

    /// <summary>Applies what lies parked next in an aggregate, one transaction each, until something is missing, fails or is not due.</summary>
    private async Task DrainAsync(string aggregate, CancellationToken ct)
    {
        var more = true;
        while (more)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                more = await StepAsync(aggregate, ct);
            }
            catch (Exception failure) when (!ct.IsCancellationRequested)
            {
                await EnsureAnswersAsync(failure, ct);
                await RecordAsync(aggregate, failure, ct);
                return;
            }
        }
    }

    private async Task<bool> StepAsync(string aggregate, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var applied = await db.WriteAsync(async token =>
        {
            var head = await LockedHeadAsync(db, aggregate, token);
            if (head is null || head.DeadAt is not null || head.AvailableAt > clock.GetUtcNow().ToUnixTimeMilliseconds())
                return null;
            var delivery = head.ToDelivery();
            await Round.HandleAsync(scope.ServiceProvider, db, delivery, token);
            db.Remove(head);
            await InboxStatements.MoveAsync(db, name, new Dictionary<string, long>(StringComparer.Ordinal) { [aggregate] = head.Sequence }, token);
            return delivery;
        }, ct);
        if (applied is null)
            return false;
        var done = new RoundResult();
        done.Applied.Add(applied);
        Count(done);
        return true;
    }

    private async Task RecordAsync(string aggregate, Exception cause, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        await db.WriteAsync(async token =>
        {
            // Another replica may have been luckier meanwhile, or have counted this attempt's turn already.
            if (await LockedHeadAsync(db, aggregate, token) is { DeadAt: null } head && head.AvailableAt <= clock.GetUtcNow().ToUnixTimeMilliseconds())
                Fail(head, cause);
        }, ct);
    }

    /// <summary>What lies parked next after the cursor, which is locked.</summary>
    private async Task<ParkedDelivery?> LockedHeadAsync(TDb db, string aggregate, CancellationToken ct)
    {
        var last = (await InboxStatements.LockAsync(db, name, [aggregate], clock.GetUtcNow().ToUnixTimeMilliseconds(), ct))[aggregate];
        return last == InboxCursor.Unstarted ? null : await db.Set<ParkedDelivery>()
            .SingleOrDefaultAsync(row => row.Consumer == name && row.Aggregate == aggregate && row.Sequence == last + 1, ct);
    }

    private void Fail(ParkedDelivery row, Exception cause)
    {
        var now = clock.GetUtcNow();
        row.Attempts++;
        row.AvailableAt = (now + PauseAfter(row.Attempts)).ToUnixTimeMilliseconds();
        row.LastError = ErrorText.Of(cause);
        if (row.Attempts < MaxAttempts)
        {
            metrics.Deferred(name);
            Log.Deferred(logger, cause, name, row.Type, row.Aggregate, row.Sequence, row.Attempts);
            return;
        }

        row.DeadAt = now.ToUnixTimeMilliseconds();
        metrics.Died(name);
        Log.Dead(logger, cause, name, row.Type, row.Aggregate, row.Sequence, row.Attempts);
    }
}
