using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;
using MlopsPlane.Hosting.Workspaces;
using MlopsPlane.Primitives;
using MlopsPlane.Storage.Writes;

namespace MlopsPlane.ExperimentTracker.Retention;

/// <summary><c>GET</c> and <c>PUT /api/v1/tracking/retention</c>: the workspace's policy.</summary>
internal static class RetentionEndpoint
{
    private const int MaxDays = 36_500;

    /// <param name="DeletedAfterDays">Days that deleted runs and experiments are kept; null for good.</param>
    public sealed record Policy(int? DeletedAfterDays);

    public static async Task<Ok<Policy>> Get(HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, CancellationToken ct)
    {
        var workspace = await workspaces.ResolveAsync(http);
        var policy = await db.Set<RetentionPolicy>().AsNoTracking().SingleOrDefaultAsync(row => row.WorkspaceId == workspace, ct);
        return TypedResults.Ok(new Policy(policy?.DeletedAfterDays));
    }

    public static async Task<Ok<Policy>> Put(
        Policy policy, HttpContext http, TrackerDb db, WorkspaceProjection<TrackerDb> workspaces, RetentionSignal signal, CancellationToken ct)
    {
        if (policy.DeletedAfterDays is < 0 or > MaxDays)
            throw PlaneError.Invalid("invalid_days", $"'deletedAfterDays' must be between 0 and {MaxDays}, or null.").ToException();
        var workspace = await workspaces.ResolveAsync(http);
        await db.WriteAsync(async token =>
        {
            if (policy.DeletedAfterDays is { } days)
                await db.Database.ExecuteSqlAsync($"""
                    INSERT INTO retention_policies (workspace_id, deleted_after_days) VALUES ({workspace}, {days})
                    ON CONFLICT (workspace_id) DO UPDATE SET deleted_after_days = excluded.deleted_after_days
                    """, token);
            else
                await db.Set<RetentionPolicy>().Where(row => row.WorkspaceId == workspace).ExecuteDeleteAsync(token);
        }, ct);
        signal.Wake();
        return TypedResults.Ok(policy);
    }
}
