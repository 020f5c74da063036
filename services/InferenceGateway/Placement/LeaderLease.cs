using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Placement;

/// <summary>
/// One row that says which replica assigns deployments, and until when. Clocks of replicas may differ, and a leader may be
/// slow to notice that it is none any more; so what it writes is written together with a look at this row, by its term.
/// </summary>
public sealed class LeaderLease
{
    public const int OnlyId = 1;

    public int Id { get; init; }

    /// <summary>Id of the leader; empty before the first.</summary>
    public required string Holder { get; init; }

    /// <summary>Microseconds since 1970 UTC.</summary>
    public long Until { get; init; }

    /// <summary>Rises with every change of the leader.</summary>
    public long Term { get; init; }
}

internal static class LeaderLeases
{
    /// <summary>Time without a sign of life of the leader after which another replica takes over.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(9);

    /// <summary>Takes the lease, or renews it.</summary>
    /// <returns>The term in which the replica leads; null while another one does.</returns>
    public static Task<long?> LeadAsync(this InferenceDb db, string replica, TimeProvider clock, CancellationToken ct) => db.WriteAsync(async token =>
    {
        var now = clock.NowMicroseconds();
        var until = now + DeploymentInstant.Span(Length);
        var lease = db.Set<LeaderLease>().Where(row => row.Id == LeaderLease.OnlyId);
        var led = await lease.Where(row => row.Holder == replica).ExecuteUpdateAsync(set => set.SetProperty(row => row.Until, until), token);
        if (led == 0)
        {
            led = await lease.Where(row => row.Until < now).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.Holder, replica).SetProperty(row => row.Until, until).SetProperty(row => row.Term, row => row.Term + 1), token);
        }

        return led == 0 ? null : (long?)await lease.Select(row => row.Term).SingleAsync(token);
    }, ct);

    /// <summary>Holds the lease's row until the end of the transaction.</summary>
    /// <returns>False when another replica has taken over: what the caller was about to write must not be written.</returns>
    public static async Task<bool> StillLeadsAsync(this InferenceDb db, string replica, long term, CancellationToken ct) =>
        await db.Set<LeaderLease>().Where(row => row.Id == LeaderLease.OnlyId && row.Holder == replica && row.Term == term)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Term, term), ct) == 1;

    /// <summary>Gives the lease up, so that another replica takes over at once.</summary>
    public static Task ResignAsync(this InferenceDb db, string replica, CancellationToken ct) => db.WriteAsync(
        token => db.Set<LeaderLease>().Where(row => row.Id == LeaderLease.OnlyId && row.Holder == replica).ExecuteUpdateAsync(set => set.SetProperty(row => row.Until, 0), token), ct);
}
