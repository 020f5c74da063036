using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.InferenceGateway.Deployments.Upkeep;

/// <summary>Removes what nobody will look at any more, in transactions short enough that nobody waits for them.</summary>
internal sealed class DeploymentCleaner(InferenceDb db, TimeProvider clock)
{
    /// <summary>Newest events that are kept of each name of a deployment.</summary>
    public const int EventsKept = 1000;

    private const int AtOnce = 500;
    private static readonly TimeSpan EventsKeptFor = TimeSpan.FromDays(30);

    /// <summary>A replica that comes back so late makes itself known again.</summary>
    private static readonly TimeSpan ReplicasKeptFor = TimeSpan.FromMinutes(10);

    public async Task CleanAsync(CancellationToken ct)
    {
        var now = clock.NowMicroseconds();
        await RemoveAsync(db.Events.Where(row => row.At < now - DeploymentInstant.Span(EventsKeptFor)), ct);
        var crowded = await db.Events.GroupBy(row => new { row.WorkspaceId, row.Deployment }).Where(group => group.Count() > EventsKept)
            .Select(group => group.Key).ToListAsync(ct);
        foreach (var name in crowded)
        {
            var own = db.Events.Where(row => row.WorkspaceId == name.WorkspaceId && row.Deployment == name.Deployment);
            var last = await own.OrderByDescending(row => row.EventId).Skip(EventsKept).Select(row => row.EventId).FirstOrDefaultAsync(ct);
            await RemoveAsync(own.Where(row => row.EventId <= last), ct);
        }

        var before = now - DeploymentInstant.Span(ReplicasKeptFor);
        await db.WriteAsync(async token =>
        {
            await db.Replicas.Where(replica => replica.HeartbeatAt < before).ExecuteDeleteAsync(token);
            await db.Assignments.Where(assignment => !db.Replicas.Any(replica => replica.ReplicaId == assignment.ReplicaId)).ExecuteDeleteAsync(token);
            await db.ReplicaStates.Where(state => !db.Replicas.Any(replica => replica.ReplicaId == state.ReplicaId)).ExecuteDeleteAsync(token);
        }, ct);
    }

    private async Task RemoveAsync(IQueryable<DeploymentEvent> over, CancellationToken ct)
    {
        List<long> batch;
        do
        {
            batch = await over.OrderBy(row => row.EventId).Take(AtOnce).Select(row => row.EventId).ToListAsync(ct);
            if (batch.Count > 0)
                await db.WriteAsync(token => db.Events.Where(row => batch.Contains(row.EventId)).ExecuteDeleteAsync(token), ct);
        }
        while (batch.Count == AtOnce);
    }
}
