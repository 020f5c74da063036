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

    /// <summary>
    /// Takes the counter's lock before an id of the caller's choice is used, and moves the counter up to it. The long ids of
    /// MLflow's file store are left out: they were drawn at random and are never counted up to.
    /// </summary>
    public static Task RaiseAsync(TrackerDb db, int workspaceId, long id, CancellationToken ct)
    {
        var least = id <= int.MaxValue ? id : 0;
        return db.Database.ExecuteSqlAsync($"""
            INSERT INTO experiment_counters (workspace_id, last) VALUES ({workspaceId}, {least})
            ON CONFLICT (workspace_id) DO UPDATE
            SET last = CASE WHEN excluded.last > experiment_counters.last THEN excluded.last ELSE experiment_counters.last END
            """, ct);
    }
}
