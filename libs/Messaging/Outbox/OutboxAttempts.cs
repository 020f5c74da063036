using Microsoft.EntityFrameworkCore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Messaging.Outbox;

/// <summary>What becomes of an outbox row whose attempt failed for a reason of its own.</summary>
internal static class OutboxAttempts
{
    /// <summary>Failed attempts after which a message is parked until somebody replays it: about a quarter of an hour.</summary>
    internal const int Most = 20;

    private const double LongestPauseSeconds = 60;

    public static Task RecordAsync(PlaneDb db, long position, OutboxMessage message, string reason, DateTimeOffset now, CancellationToken ct)
    {
        var attempts = message.Attempts + 1;
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPauseSeconds, Math.Pow(2, Math.Min(attempts, 10) - 1)));
        var (available, parked) = ((now + pause).ToUnixTimeMilliseconds(), attempts >= Most ? now.ToUnixTimeMilliseconds() : (long?)null);
        return db.Set<OutboxMessage>().Where(row => row.Position == position && row.Lease == message.Lease)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Attempts, attempts)
                .SetProperty(row => row.LastError, reason)
                .SetProperty(row => row.AvailableAt, available)
                .SetProperty(row => row.ParkedAt, parked)
                .SetProperty(row => row.Lease, (Guid?)null)
                .SetProperty(row => row.LeasedUntil, (long?)null), ct);
    }
}
