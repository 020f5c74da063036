using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>What an operator asks of one consumer's inbox.</summary>
public interface IInboxAdministration
{
    string Consumer { get; }

    /// <summary>What lies parked, by aggregate and sequence, after the given one.</summary>
    Task<IReadOnlyList<HeldDelivery>> HeldAsync(string afterAggregate, long afterSequence, int limit, CancellationToken ct);

    /// <summary>Gives dead and delayed deliveries, of one aggregate or of all, another round of attempts now; returns how many.</summary>
    Task<int> ReplayAsync(string? aggregate, CancellationToken ct);

    /// <summary>
    /// Gives up what holds back an aggregate in this consumer: the delivery that fails, or the ones that never came.
    /// Null when nothing of the aggregate is held back.
    /// </summary>
    Task<SkippedDeliveries?> SkipAsync(string aggregate, CancellationToken ct);
}

/// <param name="State"><c>waiting</c> for its predecessor, <c>delayed</c> until its next attempt, or <c>dead</c>.</param>
/// <param name="OccurredAt">Milliseconds since 1970 UTC, as the instants below.</param>
/// <param name="AvailableAt">Not tried again before; 0 while it only waits for its predecessor.</param>
public sealed record HeldDelivery(
    string Consumer, string Aggregate, long Sequence, Guid MessageId, string Type, string State, int Attempts, string? LastError,
    long OccurredAt, long ParkedAt, long AvailableAt);

/// <summary>The consumer will never see these events; no other consumer is affected.</summary>
/// <param name="From">First sequence that is passed over.</param>
/// <param name="To">Last sequence that is passed over.</param>
/// <param name="Type">Type of the event that is passed over; null when it never came.</param>
/// <param name="GoesOn">Deliveries that waited behind and are applied now.</param>
public sealed record SkippedDeliveries(string Consumer, string Aggregate, long From, long To, string? Type, int GoesOn);

internal sealed partial class InboxAdministration<TDb>(
    string consumer, HeldSignal held, IServiceScopeFactory scopes, TimeProvider clock, ILogger<InboxAdministration<TDb>> logger) : IInboxAdministration
    where TDb : PlaneDb
{
    public string Consumer => consumer;

    public async Task<IReadOnlyList<HeldDelivery>> HeldAsync(string afterAggregate, long afterSequence, int limit, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        return await db.Set<ParkedDelivery>()
            .Where(row => row.Consumer == consumer
                && (row.Aggregate.CompareTo(afterAggregate) > 0 || (row.Aggregate == afterAggregate && row.Sequence > afterSequence)))
            .OrderBy(row => row.Aggregate).ThenBy(row => row.Sequence).Take(limit)
            .Select(row => new HeldDelivery(row.Consumer, row.Aggregate, row.Sequence, row.MessageId, row.Type,
                row.DeadAt != null ? "dead" : row.Attempts > 0 ? "delayed" : "waiting",
                row.Attempts, row.LastError, row.OccurredAt, row.ParkedAt, row.AvailableAt))
            .ToListAsync(ct);
    }

    public async Task<int> ReplayAsync(string? aggregate, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        // The count begins anew; one stays, since a delivery that failed is not applied with a batch of others.
        var replayed = await db.WriteAsync(token => db.Set<ParkedDelivery>()
            .Where(row => row.Consumer == consumer && row.Attempts > 0 && (aggregate == null || row.Aggregate == aggregate))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, 1)
                .SetProperty(row => row.DeadAt, (long?)null)
                .SetProperty(row => row.AvailableAt, 0L), token), ct);
        held.Wake();
        return replayed;
    }

    public async Task<SkippedDeliveries?> SkipAsync(string aggregate, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var skipped = await db.WriteAsync(async token =>
        {
            var parked = db.Set<ParkedDelivery>().Where(row => row.Consumer == consumer && row.Aggregate == aggregate);
            if (!await parked.AnyAsync(token))
                return null;
            var last = (await InboxStatements.LockAsync(db, consumer, [aggregate], clock.GetUtcNow().ToUnixTimeMilliseconds(), token))[aggregate];
            var head = await parked.OrderBy(row => row.Sequence).FirstOrDefaultAsync(token);
            var from = Math.Max(last, 0) + 1;
            var failing = head is { Attempts: > 0 } && head.Sequence == from;
            if (head is null || (head.Sequence == from && !failing))
                return null;
            var to = failing ? from : head.Sequence - 1;
            if (failing)
                db.Remove(head);
            await InboxStatements.MoveAsync(db, consumer, new Dictionary<string, long>(StringComparer.Ordinal) { [aggregate] = to }, token);
            return new SkippedDeliveries(consumer, aggregate, from, to, failing ? head.Type : null, await parked.CountAsync(row => row.Sequence > to, token));
        }, ct);
        if (skipped is not null)
            Log.Skipped(logger, consumer, skipped.From, skipped.To, aggregate);
        return skipped;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Consumer} passes over #{From} to #{To} of {Aggregate}, as an operator asked")]
        public static partial void Skipped(ILogger logger, string consumer, long from, long to, string aggregate);
    }
}
