using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.InferenceGateway.Deployments.Status;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary><c>GET /api/v1/serving/replicas</c>: the processes that serve, with what they have to serve with, by id.</summary>
internal static class ListReplicas
{
    public sealed record Response(IReadOnlyList<View> Replicas, string? NextPageToken);

    /// <param name="Name">What people call it, and deployments are pinned to.</param>
    /// <param name="Url">Where the other replicas reach it; empty while it does not listen.</param>
    /// <param name="Providers">What can run models there.</param>
    /// <param name="MemoryBudgetBytes">Memory that its models may take together; null when it is not known.</param>
    /// <param name="MemoryUsedBytes">Memory that its models take.</param>
    /// <param name="Deployments">Deployments that are assigned to it, in all workspaces.</param>
    /// <param name="Leads">It is the one that assigns deployments to replicas.</param>
    /// <param name="Silent">It has stopped, or not reported for 30 s.</param>
    internal sealed record View(
        string Id, string Name, string Pool, string Url, string? GrpcUrl, IReadOnlyList<string> Providers, long? MemoryBudgetBytes, long MemoryUsedBytes,
        int Deployments, bool Leads, bool Silent, DateTimeOffset StartedAt, DateTimeOffset ReportedAt);

    /// <param name="pool">Name of a pool.</param>
    public static async Task<Ok<Response>> Handle(string? pool, int? limit, string? pageToken, InferenceDb db, TimeProvider clock, CancellationToken ct)
    {
        var (take, after) = (Paging.Limit(limit), Paging.After(pageToken));
        var now = clock.NowMicroseconds();
        var since = now - DeploymentInstant.Span(StatusReader.Silence);
        var leader = await db.Set<Placement.LeaderLease>().Where(lease => lease.Until > now).Select(lease => lease.Holder).SingleOrDefaultAsync(ct);
        var rows = db.Replicas.AsNoTracking().Where(replica => string.Compare(replica.ReplicaId, after) > 0);
        if (pool is not null)
            rows = rows.Where(replica => replica.Pool == pool);
        var found = await rows.OrderBy(replica => replica.ReplicaId).Take(take + 1)
            .Select(replica => new { replica, Held = db.Assignments.Count(assignment => assignment.ReplicaId == replica.ReplicaId) }).ToListAsync(ct);
        var views = found.Take(take).Select(one => new View(
            one.replica.ReplicaId, one.replica.Name, one.replica.Pool, one.replica.Url, one.replica.GrpcUrl, one.replica.Providers.Split(','), one.replica.MemoryBudgetBytes,
            one.replica.MemoryUsedBytes, one.Held, one.replica.ReplicaId == leader, one.replica.HeartbeatAt < since, DeploymentInstant.ToDateTime(one.replica.StartedAt),
            DeploymentInstant.ToDateTime(one.replica.HeartbeatAt)));
        return TypedResults.Ok(new Response([.. views], found.Count > take ? Paging.Token(found[take - 1].replica.ReplicaId) : null));
    }
}
