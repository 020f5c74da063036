using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MlopsPlane.Messaging.Inbox;
using MlopsPlane.Storage.Databases;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>What an operator asks of one service's outbox and inbox.</summary>
public interface IOutboxAdministration
{
    /// <summary>The service that owns it.</summary>
    string Service { get; }

    Task<OutboxDepth> DepthAsync(CancellationToken ct);

    /// <summary>Messages whose last attempt failed, by position, those after <paramref name="after"/>.</summary>
    Task<IReadOnlyList<FailedMessage>> FailedAsync(long after, int limit, CancellationToken ct);

    /// <summary>Gives parked messages another round of attempts, and tries at once those that would be tried later; returns how many were parked.</summary>
    Task<int> ReplayAsync(CancellationToken ct);

    /// <summary>
    /// Gives up the parked message at a position, so that the rest of its aggregate goes on: consumers get its number
    /// without the event. Null when nothing is parked there.
    /// </summary>
    Task<GivenUpMessage?> SkipAsync(long position, CancellationToken ct);
}

/// <param name="Waiting">Messages that their carrier has not handed on yet.</param>
/// <param name="Parked">Messages given up after too many failures, waiting for a replay.</param>
/// <param name="Gaps">Deliveries that this service holds because their predecessor has not come.</param>
/// <param name="OldestSeconds">Age of the oldest waiting message; 0 when there is none.</param>
/// <param name="Delayed">Deliveries whose handler failed and that will be repeated.</param>
/// <param name="Dead">Deliveries given up after too many failures; they and what waits behind them need an operator.</param>
public sealed record OutboxDepth(string Service, int Waiting, int Parked, int Gaps, double OldestSeconds, int Delayed, int Dead);

/// <param name="Position">Order of insertion.</param>
/// <param name="OccurredAt">Milliseconds since 1970 UTC, as the instants below.</param>
/// <param name="AvailableAt">Not tried again before.</param>
/// <param name="ParkedAt">Since when it waits for a replay; null while it is tried by itself.</param>
public sealed record FailedMessage(
    long Position, Guid MessageId, string Aggregate, long Sequence, string Type, long OccurredAt, int Attempts, string? LastError, long AvailableAt, long? ParkedAt);

/// <param name="OccurredAt">Milliseconds since 1970 UTC.</param>
/// <param name="LastError">Why it could not be handed on.</param>
/// <param name="Payload">The event itself, which is kept nowhere else.</param>
public sealed record GivenUpMessage(
    string Service, long Position, Guid MessageId, string Aggregate, long Sequence, string Type, long OccurredAt, string? LastError, string Payload);

internal sealed partial class OutboxAdministration<TDb>(string service, IServiceScopeFactory scopes, OutboxSignal signal, TimeProvider clock,
    ILogger<OutboxAdministration<TDb>> logger)
    : IOutboxAdministration
    where TDb : PlaneDb
{
    public string Service => service;

    public async Task<OutboxDepth> DepthAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var outbox = db.Set<OutboxMessage>();
        var waiting = await outbox.CountAsync(ct);
        var parked = await outbox.CountAsync(message => message.ParkedAt != null, ct);
        var held = await db.Set<ParkedDelivery>().GroupBy(_ => 1).Select(all => new
        {
            Gaps = all.Count(row => row.Attempts == 0),
            Delayed = all.Count(row => row.Attempts > 0 && row.DeadAt == null),
            Dead = all.Count(row => row.DeadAt != null),
        }).SingleOrDefaultAsync(ct);
        var oldest = waiting == 0 ? (long?)null : await outbox.MinAsync(message => (long?)message.OccurredAt, ct);
        var age = oldest is { } at ? Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - at) / 1000.0 : 0;
        return new(service, waiting, parked, held?.Gaps ?? 0, age, held?.Delayed ?? 0, held?.Dead ?? 0);
    }

    public async Task<IReadOnlyList<FailedMessage>> FailedAsync(long after, int limit, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        return await db.Set<OutboxMessage>().Where(row => row.Position > after && row.Attempts > 0).OrderBy(row => row.Position).Take(limit)
            .Select(row => new FailedMessage(
                row.Position, row.MessageId, row.Aggregate, row.Sequence, row.Type, row.OccurredAt, row.Attempts, row.LastError, row.AvailableAt, row.ParkedAt))
            .ToListAsync(ct);
    }

    public async Task<int> ReplayAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var replayed = await db.WriteAsync(async token =>
        {
            await db.Set<OutboxMessage>().Where(message => message.ParkedAt == null && message.AvailableAt > 0)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.AvailableAt, 0L), token);
            return await db.Set<OutboxMessage>().Where(message => message.ParkedAt != null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, 0).SetProperty(row => row.ParkedAt, (long?)null)
                    .SetProperty(row => row.AvailableAt, 0L), token);
        }, ct);
        signal.Wake();
        return replayed;
    }

    public async Task<GivenUpMessage?> SkipAsync(long position, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var skipped = await db.WriteAsync(async token =>
        {
            // Parked rows are in nobody's hands; of two who skip or replay one, the second finds it no longer parked.
            var parked = db.Set<OutboxMessage>().Where(row => row.Position == position && row.ParkedAt != null);
            if (await parked.AsNoTracking().SingleOrDefaultAsync(token) is not { } row)
                return null;
            var left = EventCatalog.GivenUp(row.Aggregate) is { } type
                ? await parked.ExecuteUpdateAsync(set => set.SetProperty(one => one.Type, type).SetProperty(one => one.Payload, "{}")
                    .SetProperty(one => one.Attempts, 0).SetProperty(one => one.LastError, (string?)null)
                    .SetProperty(one => one.ParkedAt, (long?)null).SetProperty(one => one.AvailableAt, 0L), token)
                : await parked.ExecuteDeleteAsync(token);
            return left == 0 ? null : new GivenUpMessage(
                service, row.Position, row.MessageId, row.Aggregate, row.Sequence, row.Type, row.OccurredAt, row.LastError, row.Payload);
        }, ct);
        if (skipped is null)
            return null;
        signal.Wake();
        Log.Skipped(logger, service, skipped.Type, skipped.Aggregate, skipped.Sequence);
        return skipped;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{Service} gives up {Type} of {Aggregate} #{Sequence}, as an operator asked")]
        public static partial void Skipped(ILogger logger, string service, string type, string aggregate, long sequence);
    }
}
