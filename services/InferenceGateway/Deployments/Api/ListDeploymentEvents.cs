using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.InferenceGateway.Deployments.Changes;
using MlopsPlane.InferenceGateway.Storage;
using MlopsPlane.Primitives;

namespace MlopsPlane.InferenceGateway.Deployments.Api;

/// <summary>
/// <c>GET /api/v1/serving/deployments/{name}/events</c>: what happened to it, newest first; also to those of its name that
/// were deleted.
/// </summary>
internal static class ListDeploymentEvents
{
    public sealed record Response(IReadOnlyList<Entry> Events, string? NextPageToken);

    /// <param name="Severity">info, warning or error.</param>
    /// <param name="Replica">The replica that it happened on; null for what holds for all.</param>
    public sealed record Entry(DateTimeOffset At, string Type, string Severity, string Message, string? Replica, string? Actor);

    /// <param name="severity">Only those of this severity.</param>
    public static async Task<Ok<Response>> Handle(
        string name, string? severity, int? limit, string? pageToken, HttpContext http, InferenceDb db, WorkspaceProjection<InferenceDb> workspaces, CancellationToken ct)
    {
        var (take, before) = (Paging.Limit(limit), Paging.Before(pageToken));
        if (severity is not (null or DeploymentEvent.Info or DeploymentEvent.Warning or DeploymentEvent.Error))
            throw PlaneError.Invalid("invalid_severity", "'severity' must be info, warning or error.").ToException();
        var workspaceId = await workspaces.ResolveAsync(http);
        var known = db.Events.AsNoTracking().Where(row => row.WorkspaceId == workspaceId && row.Deployment == name);
        var rows = known.Where(row => row.EventId < before);
        if (severity is not null)
            rows = rows.Where(row => row.Severity == severity);
        var page = await rows.OrderByDescending(row => row.EventId).Take(take + 1).ToListAsync(ct);
        if (page.Count == 0 && !await known.AnyAsync(ct) && !await db.Deployments.AnyAsync(row => row.WorkspaceId == workspaceId && row.Name == name, ct))
            throw DeploymentLock.NotFound(name);
        var next = page.Count > take ? Paging.Token(page[take - 1].EventId) : null;
        return TypedResults.Ok(new Response(
            [.. page.Take(take).Select(row => new Entry(DeploymentInstant.ToDateTime(row.At), row.Type, row.Severity, row.Message, row.Replica, row.Actor))], next));
    }
}
