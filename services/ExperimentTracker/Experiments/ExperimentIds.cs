using Microsoft.EntityFrameworkCore;
using MlopsPlane.ExperimentTracker.Storage;

namespace MlopsPlane.ExperimentTracker.Experiments;

/// <summary>Gives out experiment ids, counted within a workspace.</summary>
internal static class ExperimentIds
{
    /// <summary>The next id; the counter's row stays locked until the transaction ends.</summary>
    public static async Task<long> NextAsync(TrackerDb db, int workspaceId, CancellationToken ct) =>
        (await db.Database.SqlQuery<long>($"""
            INSERT INTO experiment_counters (workspace_id, last) VALUES ({workspaceId}, 1)
            ON CONFLICT (workspace_id) DO UPDATE SET last = experiment_counters.last + 1 RETURNING last
            """).ToListAsync(ct))[0];
}
