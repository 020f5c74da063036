using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
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

    /// <summary>Gives parked messages another round of attempts; returns how many.</summary>
    Task<int> ReplayAsync(CancellationToken ct);
}

/// <param name="Waiting">Messages not yet handled by every consumer.</param>
/// <param name="Parked">Messages given up after too many failures, waiting for a replay.</param>
/// <param name="Gaps">Deliveries that this service holds because their predecessor has not come.</param>
/// <param name="OldestSeconds">Age of the oldest waiting message; 0 when there is none.</param>
public sealed record OutboxDepth(string Service, int Waiting, int Parked, int Gaps, double OldestSeconds);

internal sealed class OutboxAdministration<TDb>(string service, IServiceScopeFactory scopes, OutboxSignal signal, TimeProvider clock)
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
        var gaps = await db.Set<ParkedDelivery>().CountAsync(ct);
        var oldest = waiting == 0 ? (long?)null : await outbox.MinAsync(message => (long?)message.OccurredAt, ct);
        var age = oldest is { } at ? Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds() - at) / 1000.0 : 0;
        return new(service, waiting, parked, gaps, age);
    }

    public async Task<int> ReplayAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var replayed = await db.WriteAsync(token => db.Set<OutboxMessage>().Where(message => message.ParkedAt != null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, 0).SetProperty(row => row.ParkedAt, (long?)null), token), ct);
        signal.Wake();
        return replayed;
    }
}
