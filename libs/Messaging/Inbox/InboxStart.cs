using Microsoft.EntityFrameworkCore;
using MlopsPlane.Storage.Databases;

namespace MlopsPlane.Messaging.Inbox;

/// <summary>
/// Where a consumer begins with an aggregate that it meets. Competing replicas may meet a later event first, so the
/// first that comes is only the beginning when the one before it is from before the consumer's time, or so old that
/// the consumer has forgotten the aggregate.
/// </summary>
internal sealed class InboxStart(string consumer, TimeProvider clock, TimeSpan memory)
{
    private long? promised;

    /// <summary>An event before this instant, milliseconds since 1970 UTC, may be missing.</summary>
    public async Task<long> SinceAsync(PlaneDb db, CancellationToken ct)
    {
        promised ??= await DeclareAsync(db, ct);
        return Math.Max(promised.Value, (clock.GetUtcNow() - memory).ToUnixTimeMilliseconds());
    }

    public async Task<long> DeclareAsync(PlaneDb db, CancellationToken ct)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        await db.Database.ExecuteSqlAsync($"INSERT INTO inbox_consumers (name, since) VALUES ({consumer}, {now}) ON CONFLICT DO NOTHING", ct);
        return await db.Set<InboxConsumer>().Where(row => row.Name == consumer).Select(row => row.Since).SingleAsync(ct);
    }

    public static bool IsAt(Delivery delivery, long since) => delivery.Sequence == 1 || delivery.PreviousAt is not { } previous || previous < since;
}
